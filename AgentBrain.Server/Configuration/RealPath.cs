namespace AgentBrain.Server.Configuration;

/// <summary>Paths without symbolic links.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path with every symbolic link in it followed, without a separator at the end. What does not exist is kept as it stands.</summary>
    /// <param name="absolutePath">An absolute path.</param>
    /// <exception cref="IOException">More links than any sensible path has: a circle.</exception>
    public static string Of(string absolutePath)
    {
        var pending = new Stack<string>(Segments(absolutePath).Reverse());
        var current = Path.GetPathRoot(absolutePath)!;
        var links = 0;
        while (pending.TryPop(out var segment))
        {
            if (segment == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, segment);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException($"Too many symbolic links in {absolutePath}.");

            if (Path.IsPathRooted(target))
                current = Path.GetPathRoot(target)!;
            foreach (var part in Segments(target).Reverse())
                pending.Push(part);
        }

        return Path.TrimEndingDirectorySeparator(current);
    }

    /// <summary>True when <paramref name="path"/> lies somewhere below <paramref name="directory"/>; false when they are the same.</summary>
    public static bool IsInside(string path, string directory) =>
        path.Length > directory.Length
        && path.StartsWith(directory, StringComparison.Ordinal)
        && (Path.EndsInDirectorySeparator(directory) || path[directory.Length] == Path.DirectorySeparatorChar);

    private static IEnumerable<string> Segments(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".");
}
