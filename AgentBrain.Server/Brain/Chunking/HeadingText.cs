using System.Text;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Reads a heading's text from its Markdown source: without markers, emphasis, code marks and link targets.</summary>
internal static class HeadingText
{
    private const int LongestTitle = 120;
    private const int LongestSource = 1000;

    /// <summary>The title in one line, at most 120 characters; empty when the heading has none.</summary>
    /// <param name="source">The heading's source, underline of a setext heading included.</param>
    /// <param name="isSetext">True when the heading is underlined rather than marked with <c>#</c>.</param>
    public static string Of(ReadOnlySpan<char> source, bool isSetext)
    {
        var content = source.TrimEnd();
        if (isSetext)
            content = content[..Math.Max(content.LastIndexOf('\n'), 0)].Trim();
        else
            content = WithoutClosingMarks(content.TrimStart().TrimStart('#').Trim());
        return Plain(content[..Math.Min(content.Length, LongestSource)]);
    }

    private static ReadOnlySpan<char> WithoutClosingMarks(ReadOnlySpan<char> content)
    {
        var open = content.TrimEnd('#');
        return open.IsEmpty || char.IsWhiteSpace(open[^1]) ? open.TrimEnd() : content;
    }

    private static string Plain(ReadOnlySpan<char> content)
    {
        var title = new StringBuilder(content.Length);
        for (var i = 0; i < content.Length && title.Length < LongestTitle; i++)
        {
            var skipTo = SkipMarkup(content, i);
            if (skipTo > i)
            {
                i = skipTo - 1;
                continue;
            }

            var c = content[i];
            if (c == '\\' && i + 1 < content.Length && char.IsPunctuation(content[i + 1]))
                c = content[++i];
            if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                title.Append(c);
            else if (title.Length > 0 && title[^1] != ' ')
                title.Append(' ');
        }

        if (title.Length > 0 && char.IsHighSurrogate(title[^1]))
            title.Length--;
        return title.ToString().Trim();
    }

    // Returns the offset behind markup that starts at i, or i.
    private static int SkipMarkup(ReadOnlySpan<char> content, int i)
    {
        var c = content[i];
        if (c is '*' or '`' or '[' || (c == '!' && i + 1 < content.Length && content[i + 1] == '['))
            return i + 1;
        if (c == '_')
            return IsWithinWord(content, i) ? i : i + 1;
        if (c != ']')
            return i;
        if (i + 1 == content.Length || content[i + 1] != '(')
            return i + 1;

        var close = content[i..].IndexOf(')');
        return close < 0 ? i + 1 : i + close + 1;
    }

    private static bool IsWithinWord(ReadOnlySpan<char> content, int i) =>
        i > 0 && i + 1 < content.Length && char.IsLetterOrDigit(content[i - 1]) && char.IsLetterOrDigit(content[i + 1]);
}
