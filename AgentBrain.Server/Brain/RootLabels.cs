using System.Collections.Immutable;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains;

/// <summary>
/// Keeps the index and the configured roots together from one start to the next. A label stays with its directory whatever the order of the
/// setting, and what came from a directory that is no root any more leaves the index: it must not be served any longer.
/// </summary>
internal static partial class RootLabels
{
    /// <summary>The reason code of the refusal to drop what nobody asked to drop.</summary>
    public const string RootsNotNamed = "roots_not_named";

    /// <summary>Brings the index in line with the roots.</summary>
    /// <exception cref="BrainException">
    /// The roots are only where the server was started, and the index holds folders from elsewhere (<c>roots_not_named</c>).
    /// </exception>
    /// <returns>The definition with the labels that the index knows the roots by.</returns>
    public static BrainDefinition Reconcile(BrainDatabase database, BrainDefinition definition, ILogger logger)
    {
        var known = database.Read(RootsTable.All);
        var gone = known.Where(root => !definition.Roots.Any(configured => IsAt(configured, root.Key))).ToList();
        if (!definition.HasNamedRoots && gone.Exists(root => database.Read(FoldersTable.All).Exists(folder => folder.Path.Root == root.Value)))
        {
            throw new BrainException(
                BrainFault.Conflict,
                RootsNotNamed,
                $"AGENT_BRAIN_ROOTS is not set, and the index holds folders below {string.Join(", ", gone.Select(root => root.Key))}, which is not where the server was started: set AGENT_BRAIN_ROOTS to the directories to serve (what was indexed below others then leaves the index), or give this server an AGENT_BRAIN_DATA of its own.");
        }

        var roots = definition.Roots.Select(root => root with { Label = known.GetValueOrDefault(root.Path, "") }).ToImmutableArray();
        if (gone.Count == 0 && roots.All(root => root.Label.Length > 0))
        {
            return definition with { Roots = roots };
        }

        roots = database.Write(session => Apply(session, gone.Select(root => root.Value), definition.Roots, known), durable: true);
        foreach (var (path, label) in gone)
        {
            LogRemoved(logger, label, path);
        }

        _ = database.PurgeIfOwed();
        return definition with { Roots = roots };
    }

    private static ImmutableArray<BrainRoot> Apply(
        SqliteSession session,
        IEnumerable<string> gone,
        ImmutableArray<BrainRoot> configured,
        Dictionary<string, string> known)
    {
        foreach (var label in gone)
        {
            RootsTable.Delete(session, label);
        }

        var taken = RootsTable.All(session).Values.ToHashSet(StringComparer.Ordinal);
        var roots = ImmutableArray.CreateBuilder<BrainRoot>(configured.Length);
        foreach (var root in configured)
        {
            if (!known.TryGetValue(root.Path, out var label))
            {
                label = Unique(root.Label, taken);
                RootsTable.Insert(session, root.Path, label);
            }

            roots.Add(root with { Label = label });
        }

        return roots.ToImmutable();
    }

    private static string Unique(string wanted, HashSet<string> taken)
    {
        var label = wanted;
        for (var number = 2; !taken.Add(label); number++)
        {
            label = $"{wanted}-{number}";
        }

        return label;
    }

    private static bool IsAt(BrainRoot root, string path) => string.Equals(root.Path, path, StringComparison.Ordinal);

    [LoggerMessage(LogLevel.Warning, "The root {Label} ({Path}) is not configured any more; what was indexed below it has been removed from the index")]
    private static partial void LogRemoved(ILogger logger, string label, string path);
}
