namespace AgentBrain.Server.Brains.Files;

/// <summary>Reads the glob language of git. Characters are UTF-16 units, where git's are bytes.</summary>
internal sealed class WildmatchParser
{
    private readonly string _pattern;
    private readonly bool _braces;
    private readonly Stack<WildmatchAlternatives> _open = new();
    private int _at;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="braces">Whether <c>{a,b}</c> stands for alternatives; git does not know it.</param>
    /// <param name="anywhere">Whether the pattern may start in any directory.</param>
    public WildmatchParser(string pattern, bool braces, bool anywhere = false)
    {
        (_pattern, _braces) = (pattern, braces);
        var whole = new WildmatchAlternatives();
        _open.Push(whole);
        if (anywhere)
            whole.Append(WildmatchToken.Directories);
        while (_at < pattern.Length)
        {
            if (!Step())
            {
                IsMalformed = true;
                return;
            }
        }

        IsMalformed = _open.Count != 1;
        IsTooLong = !IsMalformed && (!whole.Fit || whole.All().Sum(static tokens => tokens.Count + 1) > Wildmatch.MaxPositions);
        if (!IsMalformed && !IsTooLong)
            Result = new Wildmatch(whole.All());
    }

    /// <summary>The pattern, null if it is malformed or too long.</summary>
    public Wildmatch? Result { get; }

    /// <summary>Whether it has an open bracket or brace, an unknown class, or a lone backslash at its end.</summary>
    public bool IsMalformed { get; }

    /// <summary>Whether it, with all that its braces stand for, is longer than <see cref="Wildmatch.MaxPositions"/>.</summary>
    public bool IsTooLong { get; }

    private bool Step()
    {
        var c = _pattern[_at];
        switch (c)
        {
            case '\\':
                if (_at + 1 == _pattern.Length)
                    return false;
                Add(WildmatchToken.Literal(_pattern[_at + 1]));
                _at += 2;
                return true;
            case '?':
                Add(WildmatchToken.Any);
                _at++;
                return true;
            case '*':
                Stars();
                return true;
            case '[':
                var set = new WildmatchSet(_pattern, _at);
                _at = set.End;
                if (set.Characters is null)
                    return false;
                Add(new WildmatchToken(TokenKind.Characters, set.Characters));
                return true;
            default:
                _at++;
                if (!_braces || !Brace(c))
                    Add(WildmatchToken.Literal(c));
                return _open.Count > 0;
        }
    }

    private void Add(WildmatchToken token) => _open.Peek().Append(token);

    private bool Brace(char c)
    {
        switch (c)
        {
            case '{':
                _open.Push(new WildmatchAlternatives());
                return true;
            case '}':
                var inner = _open.Pop();
                if (_open.TryPeek(out var outer))
                    outer.Append(inner);
                return true;
            case ',' when _open.Count > 1:
                _open.Peek().Next();
                return true;
            default:
                return false;
        }
    }

    // Two or more stars cross slashes only where they are a whole segment; elsewhere they are as one.
    private void Stars()
    {
        var start = _at;
        while (_at < _pattern.Length && _pattern[_at] == '*')
            _at++;
        var next = _at < _pattern.Length ? _pattern[_at] : '\0';
        var opens = start == 0 || _pattern[start - 1] == '/' || (_braces && _pattern[start - 1] is '{' or ',');
        var escapedSlash = next == '\\' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '/';
        var closes = next is '\0' or '/' || escapedSlash || (_braces && next is '}' or ',');
        if (_at - start < 2 || !opens || !closes)
        {
            Add(WildmatchToken.Star);
            return;
        }

        if (next == '/')
        {
            _at++;
            Add(WildmatchToken.Directories);
            return;
        }

        Add(WildmatchToken.Anything);
    }
}
