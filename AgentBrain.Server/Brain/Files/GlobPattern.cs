namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// A caller's path pattern: <c>*</c>, <c>**</c>, <c>?</c>, <c>[a-z]</c>, <c>{a,b}</c>. Without a slash it matches a name at any depth,
/// with one it is anchored where the paths start. It matches a file, and a directory with everything below it; with a slash at its
/// end, a directory only. Case matters.
/// </summary>
internal sealed class GlobPattern
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxLength = 512;

    private readonly Wildmatch _wildmatch;
    private readonly bool _directoryOnly;

    private GlobPattern(string pattern, Wildmatch wildmatch, bool directoryOnly)
    {
        Pattern = pattern;
        _wildmatch = wildmatch;
        _directoryOnly = directoryOnly;
    }

    /// <summary>The pattern as the caller wrote it.</summary>
    public string Pattern { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="BrainException"><c>bad_pattern</c>: empty, too long, malformed, or one that no path beneath a root can match.</exception>
    public static GlobPattern Parse(string pattern)
    {
        if (pattern.Length is 0 or > MaxLength)
            throw Bad(pattern, $"has {pattern.Length} characters; 1 to {MaxLength} are allowed");
        if (pattern.Contains('\0', StringComparison.Ordinal))
            throw Bad(pattern, "contains a NUL character");
        if (pattern[0] == '!')
            throw Bad(pattern, "starts with '!'; give what is to be left out as an exclude pattern");
        var body = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[1..] : pattern;
        var directoryOnly = body.EndsWith('/');
        body = directoryOnly ? body[..^1] : body;
        var anchored = body.Contains('/', StringComparison.Ordinal);
        body = body.StartsWith('/') ? body[1..] : body;
        if (body.Split('/').Any(static segment => segment is "" or "." or ".."))
            throw Bad(pattern, "has an empty, '.' or '..' segment; it is relative to the folder");
        var parser = new WildmatchParser(body, braces: true, anywhere: !anchored);
        if (parser.IsMalformed)
            throw Bad(pattern, "has an open '[' or '{', an unknown character class, or a lone '\\' at its end");
        var wildmatch = parser.Result
            ?? throw Bad(pattern, $"has braces that stand for too much: written out, all alternatives together may have {Wildmatch.MaxPositions} characters");
        return new GlobPattern(pattern, wildmatch, directoryOnly);
    }

    /// <summary>Whether a canonical relative path matches, itself or through a directory above it.</summary>
    /// <param name="path">The path, from where anchored patterns start.</param>
    /// <param name="isDirectory">Whether the path names a directory.</param>
    public bool IsMatch(string path, bool isDirectory = false) => _wildmatch.IsMatchFromAbove(path, isDirectory, _directoryOnly);

    private static BrainException Bad(string pattern, string problem)
    {
        var shown = pattern.Length <= 80 ? pattern : pattern[..80] + "…";
        return new BrainException(BrainFault.InvalidArgument, "bad_pattern", $"The pattern '{shown}' {problem}.");
    }
}
