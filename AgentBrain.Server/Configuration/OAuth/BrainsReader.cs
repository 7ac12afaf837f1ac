using System.Collections.Immutable;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>Makes the brains of the brains file: each has roots of its own.</summary>
internal static class BrainsReader
{
    /// <summary>Names that would read like something else in a path or a log.</summary>
    private static readonly string[] Reserved = ["mcp", "brains", "default-brain"];

    /// <summary>Makes the definitions; the default comes first.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limits">The limits of each.</param>
    /// <param name="baseDirectory">What relative roots are relative to: the file's own directory.</param>
    /// <param name="dataDirectory">The server's own directory, in which no root may lie.</param>
    /// <exception cref="ConfigurationException">A name or a root is wrong, or two brains could read the same files.</exception>
    public static ImmutableArray<BrainDefinition> Read(BrainsFile file, BrainLimits limits, string baseDirectory, string dataDirectory)
    {
        if (!file.Brains.ContainsKey(ResourceMap.DefaultBrain))
            throw new ConfigurationException($"{SettingNames.BrainsFile} has no brain named {ResourceMap.DefaultBrain}, the one at /mcp; name one so.");

        var brains = file.Brains.OrderBy(brain => brain.Key != ResourceMap.DefaultBrain).ThenBy(brain => brain.Key, StringComparer.Ordinal)
            .Select(brain => Define(brain.Key, brain.Value, limits, baseDirectory, dataDirectory)).ToImmutableArray();
        foreach (var brain in brains)
        {
            if (brains.FirstOrDefault(other => other != brain && Overlap(brain, other) && !(file.Brains[brain.Name].MayOverlap && file.Brains[other.Name].MayOverlap)) is { } other)
                throw new ConfigurationException($"{SettingNames.BrainsFile} gives the brains {brain.Name} and {other.Name} roots of which one holds the other, so a caller of one could index what is the other's; move them apart, or say \"mayOverlap\": true in both.");
        }

        return brains;
    }

    private static BrainDefinition Define(string name, ListedBrain entry, BrainLimits limits, string baseDirectory, string dataDirectory)
    {
        if (!ResourceMap.IsName(name) || Reserved.Contains(name, StringComparer.Ordinal))
            throw new ConfigurationException($"{SettingNames.BrainsFile} has a brain named {name}; a name is 1 to 63 of a-z, 0-9 and '-', does not begin with '-', and is none of {string.Join(", ", Reserved)}.");

        if (entry.Roots.Length == 0)
            throw new ConfigurationException($"{SettingNames.BrainsFile} has the brain {name} without roots; list the directories that it may index.");

        return new BrainDefinition(name, RootResolver.Resolve($"{SettingNames.BrainsFile} (brain {name})", entry.Roots, baseDirectory, dataDirectory), limits);
    }

    private static bool Overlap(BrainDefinition one, BrainDefinition other) =>
        one.Roots.Any(root => other.Roots.Any(theirs => root.Path == theirs.Path || RealPath.IsInside(root.Path, theirs.Path) || RealPath.IsInside(theirs.Path, root.Path)));
}
