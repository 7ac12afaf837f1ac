using System.Buffers;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Finds the best place to cut within a window of text. Each look reads the window a constant number of times.</summary>
internal static class CutPoint
{
    private const string CjkSentenceEnds = "。！？；．｡…";

    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create(".!?" + CjkSentenceEnds);
    private static readonly SearchValues<char> ClosingMarks = SearchValues.Create("\"')]*_»”’」』）】》");
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\n\r,;，、\u3000\u2028\u2029");

    /// <summary>The offset in (<paramref name="floor"/>, <paramref name="ceiling"/>] before which to cut <paramref name="text"/>.</summary>
    public static int Find(string text, int floor, int ceiling, CutStyle style)
    {
        var window = text.AsSpan(floor, ceiling - floor);
        var cut = style == CutStyle.Code ? BestLine(text, floor + ((ceiling - floor) / 3), ceiling) : BestProse(window, floor);
        if (cut > floor)
            return cut;

        var word = window.LastIndexOfAny(WordEnds);
        return word >= 0 ? floor + word + 1 : NotWithinACharacter(text, floor, ceiling);
    }

    /// <summary>Where text that repeats the end of its predecessor starts: at or after <paramref name="from"/>, at most at <paramref name="cut"/>.</summary>
    public static int OverlapStart(string text, int from, int cut, CutStyle style)
    {
        if (from >= cut)
            return cut;

        var window = text.AsSpan(from, cut - from);
        var line = from == 0 || text[from - 1] == '\n' ? 0 : window.IndexOf('\n') + 1;
        if (style == CutStyle.Code && (line > 0 || from == 0 || text[from - 1] == '\n'))
            return from + line;

        // The line before the cut is longer than the overlap: repeating half of it would read as code that is not there.
        if (style == CutStyle.Code && text[cut - 1] == '\n')
            return cut;

        var start = style == CutStyle.Prose ? FirstSentence(window) : -1;
        if (start < 0)
            start = window.IndexOfAny(WordEnds) + 1;
        return start > 0 && start < window.Length ? from + start : NotWithinACharacter(text, from - 1, from);
    }

    private static int BestProse(ReadOnlySpan<char> window, int floor)
    {
        var paragraph = Math.Max(window.LastIndexOf("\n\n") + 2, window.LastIndexOf("\n\r\n") + 3);
        if (paragraph > 2)
            return floor + paragraph;

        var sentence = LastSentence(window);
        if (sentence > 0)
            return floor + sentence;

        return floor + window.LastIndexOf('\n') + 1;
    }

    // The last offset behind a sentence end and its white space, or -1.
    private static int LastSentence(ReadOnlySpan<char> window)
    {
        var rest = window;
        while (true)
        {
            var end = rest.LastIndexOfAny(SentenceEnds);
            if (end < 0)
                return -1;

            var after = AfterSentence(window, end);
            if (after > 0)
                return after;

            rest = rest[..end];
        }
    }

    private static int FirstSentence(ReadOnlySpan<char> window)
    {
        for (var offset = 0; offset < window.Length;)
        {
            var end = window[offset..].IndexOfAny(SentenceEnds);
            if (end < 0)
                return -1;

            var after = AfterSentence(window, offset + end);
            if (after > 0 && after < window.Length)
                return after;

            offset += end + 1;
        }

        return -1;
    }

    // Latin marks end a sentence only before white space ("3.14", "file.txt"); CJK ones always do.
    private static int AfterSentence(ReadOnlySpan<char> window, int end)
    {
        var after = end + 1;
        while (after < window.Length && ClosingMarks.Contains(window[after]) && after - end < 4)
            after++;

        var marked = after;
        while (after < window.Length && char.IsWhiteSpace(window[after]))
            after++;

        return after > marked || CjkSentenceEnds.Contains(window[end]) ? after : -1;
    }

    // The start of the line with the least indentation: a statement's border rather than the middle of a block.
    private static int BestLine(string text, int floor, int ceiling)
    {
        var best = -1;
        var bestScore = int.MaxValue;
        for (var offset = ceiling; offset > floor;)
        {
            var found = text.AsSpan(floor, offset - floor).LastIndexOf('\n');
            if (found < 0)
                break;

            var line = floor + found + 1;
            var score = Score(text, line);
            if (score < bestScore)
                (best, bestScore) = (line, score);
            offset = floor + found;
        }

        return best;
    }

    private static int Score(string text, int line)
    {
        var limit = Math.Min(text.Length, line + 64);
        var offset = line;
        var columns = 0;
        while (offset < limit && text[offset] is ' ' or '\t')
            columns += text[offset++] == '\t' ? 4 : 1;

        if (offset == text.Length || text[offset] is '\n' or '\r' or '}' or ')' or ']')
            return 1000;
        var afterBlankLine = line >= 2 && text[line - 2] == '\n';
        return (columns * 2) - (afterBlankLine ? 1 : 0);
    }

    private static int NotWithinACharacter(string text, int floor, int cut)
    {
        if (cut <= 0 || cut >= text.Length || cut - 1 <= floor)
            return cut;
        var within = (char.IsHighSurrogate(text[cut - 1]) && char.IsLowSurrogate(text[cut])) || (text[cut - 1] == '\r' && text[cut] == '\n');
        return within ? cut - 1 : cut;
    }
}
