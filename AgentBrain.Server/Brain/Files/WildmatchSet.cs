namespace AgentBrain.Server.Brains.Files;

/// <summary>A bracket expression of git's globs (<c>[a-z]</c>, <c>[!x]</c>, <c>[[:digit:]]</c>), which never matches a slash.</summary>
internal sealed class WildmatchSet
{
    private readonly string _pattern;
    private readonly List<CharRange> _members = [];
    private int _at;

    /// <summary>Reads the expression that starts at a bracket.</summary>
    public WildmatchSet(string pattern, int start)
    {
        _pattern = pattern;
        _at = start + 1;
        var negated = Current is '!' or '^';
        if (negated)
            _at++;
        var valid = ReadMembers();
        End = valid ? _at + 1 : pattern.Length;
        if (valid)
            Characters = Compose(negated);
    }

    /// <summary>Where the pattern goes on.</summary>
    public int End { get; }

    /// <summary>What it matches, in ascending ranges that do not touch; null if the bracket is not closed or a class in it is not known.</summary>
    public CharRange[]? Characters { get; }

    private char Current => _at < _pattern.Length ? _pattern[_at] : '\0';

    private char Next => _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';

    // First what is not matched, to which the slash always belongs; what lies between is matched.
    private CharRange[] Compose(bool negated)
    {
        var others = negated ? _members : Between(_members);
        return [.. Between([.. others, new CharRange('/', '/')])];
    }

    private static List<CharRange> Between(List<CharRange> ranges)
    {
        var result = new List<CharRange>();
        var next = 0;
        foreach (var range in ranges.OrderBy(static range => range.First))
        {
            if (range.First > next)
                result.Add(new CharRange((char)next, (char)(range.First - 1)));
            next = Math.Max(next, range.Last + 1);
        }

        if (next <= char.MaxValue)
            result.Add(new CharRange((char)next, char.MaxValue));
        return result;
    }

    // The first member may be a closing bracket. After a range or a class, a dash stands for itself.
    private bool ReadMembers()
    {
        var previous = '\0';
        do
        {
            var c = Current;
            if (c == '\0')
                return false;
            if (c == '\\')
            {
                _at++;
                if (Current == '\0')
                    return false;
                previous = Current;
                Add(previous, previous);
            }
            else if (c == '-' && previous != '\0' && Next is not ('\0' or ']'))
            {
                _at++;
                if (Current == '\\')
                    _at++;
                if (Current == '\0')
                    return false;
                Add(previous, Current);
                previous = '\0';
            }
            else if (c == '[' && Next == ':' && ClassEnd() is var end and not 0)
            {
                if (end < 0 || !AddClass(_pattern[(_at + 2)..end]))
                    return false;
                _at = end + 1;
                previous = '\0';
            }
            else
            {
                Add(c, c);
                previous = c;
            }

            _at++;
        }
        while (Current != ']');

        return true;
    }

    // Where ":]" starts; 0 if the next bracket is not one and the opening is an ordinary member; -1 if there is no bracket at all.
    private int ClassEnd()
    {
        var close = _pattern.IndexOf(']', _at + 2);
        if (close < 0)
            return -1;
        return close - 1 >= _at + 2 && _pattern[close - 1] == ':' ? close - 1 : 0;
    }

    private bool AddClass(string name)
    {
        var members = name switch
        {
            "alnum" => "09AZaz",
            "alpha" => "AZaz",
            "blank" => "  \t\t",
            "cntrl" => "\0\u001f\u007f\u007f",
            "digit" => "09",
            "graph" => "!~",
            "lower" => "az",
            "print" => " ~",
            "punct" => "!/:@[`{~",
            "space" => "  \t\r",
            "upper" => "AZ",
            "xdigit" => "09AFaf",
            _ => "",
        };
        for (var i = 0; i < members.Length; i += 2)
            Add(members[i], members[i + 1]);
        return members.Length > 0;
    }

    private void Add(char first, char last)
    {
        if (first <= last)
            _members.Add(new CharRange(first, last));
    }
}
