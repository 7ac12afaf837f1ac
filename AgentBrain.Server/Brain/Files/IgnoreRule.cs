using System.Buffers;

namespace AgentBrain.Server.Brains.Files;

/// <summary>One line of a <c>.gitignore</c>.</summary>
internal sealed class IgnoreRule
{
    private static readonly SearchValues<char> Special = SearchValues.Create("*?[\\");

    private readonly string _pattern;
    private readonly bool _nameOnly;
    private readonly bool _isLiteral;
    private readonly bool _isSuffix;
    private readonly int _plainLength;
    private readonly Lazy<Wildmatch?> _wildmatch;

    /// <summary>Reads a line, which is neither empty nor a comment and has no unescaped spaces at its end.</summary>
    public IgnoreRule(string line)
    {
        Negates = line.StartsWith('!');
        var pattern = Negates ? line[1..] : line;
        DirectoriesOnly = pattern.EndsWith('/');
        pattern = DirectoriesOnly ? pattern[..^1] : pattern;
        _nameOnly = !pattern.Contains('/', StringComparison.Ordinal);
        _pattern = pattern.StartsWith('/') ? pattern[1..] : pattern;
        // Nearly all lines of real files are a name or "*.extension"; those need no expression.
        _isLiteral = !_pattern.AsSpan().ContainsAny(Special);
        _isSuffix = _nameOnly && _pattern.StartsWith('*') && !_pattern.AsSpan(1).ContainsAny(Special);
        // git compares what comes before the first special character by itself and takes the rest for a pattern of its own. So in
        // "a**/b" the stars count as a whole segment, and "ab" is ignored.
        _plainLength = _nameOnly || _isLiteral ? 0 : _pattern.AsSpan().IndexOfAny(Special);
        _wildmatch = new Lazy<Wildmatch?>(() => new WildmatchParser(_pattern[_plainLength..], braces: false).Result);
    }

    /// <summary>Whether it takes an exclusion back.</summary>
    public bool Negates { get; }

    /// <summary>Whether it is for directories only.</summary>
    public bool DirectoriesOnly { get; }

    /// <summary>Whether it matches a path.</summary>
    /// <param name="path">The path, relative to the directory of the file the rule is in.</param>
    /// <param name="isDirectory">Whether the path is a directory's.</param>
    public bool IsMatch(string path, bool isDirectory)
    {
        if (DirectoriesOnly && !isDirectory)
            return false;
        var subject = _nameOnly ? RelativePath.NameOf(path) : path;
        if (_isLiteral)
            return subject == _pattern;
        if (_isSuffix)
            return subject.EndsWith(_pattern[1..], StringComparison.Ordinal);
        // As in git, a malformed pattern matches nothing.
        return subject.AsSpan().StartsWith(_pattern.AsSpan(0, _plainLength)) && _wildmatch.Value?.IsMatch(subject.AsSpan(_plainLength)) == true;
    }
}
