using System.Collections.Immutable;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Configuration;

/// <summary>
/// Turns the list of directories in <c>AGENT_BRAIN_ROOTS</c> into roots: real paths, resolved once at the start, without one that
/// lies in another, with unique labels.
/// </summary>
internal static class RootResolver
{
    /// <summary>Resolves the roots.</summary>
    /// <param name="setting">The setting's value: paths joined by the platform's path separator; empty means the current directory.</param>
    /// <param name="currentDirectory">What relative paths are relative to.</param>
    /// <param name="dataDirectory">The server's own directory, by its real path: a root may not be it nor lie inside it.</param>
    /// <exception cref="ConfigurationException">A root is absent, no directory, unreadable, or in the data directory.</exception>
    public static ImmutableArray<BrainRoot> Resolve(string? setting, string currentDirectory, string dataDirectory)
    {
        var entries = (setting ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Resolve(SettingNames.Roots, entries.Length == 0 ? [currentDirectory] : entries, currentDirectory, dataDirectory);
    }

    /// <summary>Resolves a list of directories.</summary>
    /// <param name="where">The setting that holds them, for messages.</param>
    /// <param name="entries">The directories.</param>
    /// <param name="currentDirectory">What relative paths are relative to.</param>
    /// <param name="dataDirectory">The server's own directory, by its real path.</param>
    /// <exception cref="ConfigurationException">A root is absent, no directory, unreadable, or in the data directory.</exception>
    public static ImmutableArray<BrainRoot> Resolve(string where, string[] entries, string currentDirectory, string dataDirectory)
    {
        var paths = entries.Select(entry => ResolveOne(where, entry, currentDirectory, dataDirectory)).Distinct(StringComparer.Ordinal).ToList();
        var outermost = paths.Where(path => !paths.Exists(other => other != path && RealPath.IsInside(path, other)));

        var labels = new HashSet<string>(StringComparer.Ordinal);
        return [.. outermost.Select(path => new BrainRoot(UniqueLabel(path, labels), path))];
    }

    private static string ResolveOne(string where, string entry, string currentDirectory, string dataDirectory)
    {
        string path;
        try
        {
            path = RealPath.Of(Path.GetFullPath(entry, currentDirectory));
            if (!Directory.Exists(path))
                throw new ConfigurationException($"{where} names {entry}, which is no directory; name directories that exist.");

            using var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
            _ = entries.MoveNext();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{where} names {entry}, which the server may not read; give its user the right to, or take it from the list.", exception);
        }

        if (path == dataDirectory || RealPath.IsInside(path, dataDirectory))
            throw new ConfigurationException($"{where} names {entry}, which lies in the data directory {dataDirectory} with the server's own secrets; name another directory, or move {SettingNames.Data}.");

        return path;
    }

    private static string UniqueLabel(string path, HashSet<string> taken)
    {
        var name = Path.GetFileName(path);
        if (name.Length == 0)
            name = "root";

        var label = name;
        for (var number = 2; !taken.Add(label); number++)
            label = $"{name}-{number}";

        return label;
    }
}
