using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>
/// Refuses HTML that is nested deeper than any page a person reads. The parser's time grows with the square of the depth, and one such file
/// would keep all other documents waiting for as long as a document may take.
/// </summary>
internal static class HtmlGuard
{
    /// <summary>Deepest nesting that is parsed; browsers themselves stop at 512.</summary>
    public const int DeepestNesting = 2048;

    private const int LongestName = 16;

    /// <summary>Tags that end by themselves or need no end: a page that never closes them is not deep.</summary>
    private static readonly FrozenSet<string> WithoutDepth = FrozenSet.ToFrozenSet(
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rt", "rp", "html", "head", "body",
    ]);

    /// <summary>True when the parser may see the page. Reads it once; tags within comments and scripts count, which only errs towards false.</summary>
    public static bool Allows(ReadOnlySpan<byte> page)
    {
        var depth = 0;
        Span<char> name = stackalloc char[LongestName];
        var tags = WithoutDepth.GetAlternateLookup<ReadOnlySpan<char>>();
        while (page.IndexOf((byte)'<') is var at and >= 0)
        {
            page = page[(at + 1)..];
            var isEnd = page is [(byte)'/', ..];
            var read = Name(isEnd ? page[1..] : page, name);
            if (read.IsEmpty || tags.Contains(read))
            {
                continue;
            }

            depth = isEnd ? Math.Max(depth - 1, 0) : depth + 1;
            if (depth > DeepestNesting)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<byte> tag, Span<char> name)
    {
        var length = 0;
        while (length < tag.Length && length < name.Length && IsNameCharacter((char)tag[length], length))
        {
            name[length] = char.ToLowerInvariant((char)tag[length]);
            length++;
        }

        return name[..length];
    }

    /// <summary>A name begins with a letter; <c>&lt;3</c> is text.</summary>
    private static bool IsNameCharacter(char c, int index) => index == 0 ? char.IsAsciiLetter(c) : char.IsAsciiLetterOrDigit(c);
}
