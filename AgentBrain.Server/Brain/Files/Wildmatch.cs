namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// A compiled glob of git (wildmatch with <c>WM_PATHNAME</c>). A match takes time in proportion to the length of the path times that
/// of the pattern, and no memory: a hostile pattern costs no more than a long one. Immutable.
/// </summary>
internal sealed class Wildmatch
{
    /// <summary>Most places between the elements of a pattern, over all alternatives that its braces stand for.</summary>
    public const int MaxPositions = 20 * WordBits;

    private const int WordBits = 64;

    // A bit is a place in the pattern that a path may have led to. All of them are followed at once, a machine word at a time, so no
    // sets of places are ever made up and kept, whose number may be exponential.
    private readonly int _words;
    private readonly ulong[] _starts;
    private readonly ulong[] _ends;
    private readonly ulong[] _skips;
    private readonly ulong[] _staysOnSlash;
    private readonly ulong[] _staysOnOther;
    private readonly WildmatchSteps _steps;

    /// <summary>Compiles alternatives, of at most <see cref="MaxPositions"/> together.</summary>
    public Wildmatch(IReadOnlyList<IReadOnlyList<WildmatchToken>> alternatives)
    {
        _words = (alternatives.Sum(static tokens => tokens.Count + 1) + WordBits - 1) / WordBits;
        (_starts, _ends, _skips) = (new ulong[_words], new ulong[_words], new ulong[_words]);
        (_staysOnSlash, _staysOnOther) = (new ulong[_words], new ulong[_words]);
        var steps = new List<(int Position, CharRange[] Characters)>();
        var position = 0;
        foreach (var tokens in alternatives)
        {
            Set(_starts, position);
            foreach (var token in tokens)
            {
                if (token.Kind != TokenKind.Characters)
                    Set(_staysOnOther, position);
                if (token.Kind is TokenKind.Anything or TokenKind.Directories)
                    Set(_staysOnSlash, position);
                if (token.Kind == TokenKind.Directories)
                    Set(_skips, position);
                if (token.Kind is TokenKind.Characters or TokenKind.Directories)
                    steps.Add((position++, token.Characters));
            }

            Set(_ends, position++);
        }

        _steps = new WildmatchSteps(_words, steps);
    }

    /// <summary>Whether the pattern matches a whole path.</summary>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        Span<ulong> places = stackalloc ulong[_words];
        Start(places);
        foreach (var c in path)
        {
            if (!Step(places, c))
                return false;
        }

        return HasEnd(places);
    }

    /// <summary>Whether the pattern matches a path or one of the directories above it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isDirectory">Whether the path names a directory.</param>
    /// <param name="directoryOnly">Whether what matches has to be a directory.</param>
    public bool IsMatchFromAbove(ReadOnlySpan<char> path, bool isDirectory, bool directoryOnly)
    {
        Span<ulong> places = stackalloc ulong[_words];
        Start(places);
        foreach (var c in path)
        {
            if (c == '/' && HasEnd(places))
                return true;
            if (!Step(places, c))
                return false;
        }

        // A directory's path ends with a slash, which patterns that match nothing at all, such as "{}", take for one above it.
        if (isDirectory && (HasEnd(places) || !Step(places, '/')))
            return HasEnd(places);
        return !directoryOnly && HasEnd(places);
    }

    private static void Set(ulong[] mask, int position) => mask[position / WordBits] |= 1UL << (position % WordBits);

    private void Start(Span<ulong> places)
    {
        var carry = 0UL;
        for (var i = 0; i < places.Length; i++)
        {
            var skipping = _starts[i] & _skips[i];
            places[i] = _starts[i] | (skipping << 1) | carry;
            carry = skipping >> (WordBits - 1);
        }
    }

    /// <summary>Follows one character; false if no place is left.</summary>
    private bool Step(Span<ulong> places, char c)
    {
        var advances = _steps.On(c);
        var stays = c == '/' ? _staysOnSlash : _staysOnOther;
        var (carry, skipCarry, any) = (0UL, 0UL, 0UL);
        for (var i = 0; i < places.Length; i++)
        {
            var advancing = places[i] & advances[i];
            var arrived = (advancing << 1) | carry;
            carry = advancing >> (WordBits - 1);
            // Directories may be none, but only for what arrives before them: what is inside of one has to come to its slash.
            var skipping = arrived & _skips[i];
            places[i] = (places[i] & stays[i]) | arrived | (skipping << 1) | skipCarry;
            skipCarry = skipping >> (WordBits - 1);
            any |= places[i];
        }

        return any != 0;
    }

    private bool HasEnd(ReadOnlySpan<ulong> places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if ((places[i] & _ends[i]) != 0)
                return true;
        }

        return false;
    }
}
