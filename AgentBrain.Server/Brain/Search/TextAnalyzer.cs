using System.Buffers;
using System.Globalization;

namespace AgentBrain.Server.Brains.Search;

/// <summary>
/// Turns text into the terms of the inverted index, the same way for documents and for queries. Terms are folded to lower case without
/// accents; an identifier is kept whole and split (<c>ReplayStore</c> gives <c>replaystore replay store</c>); scripts written without
/// spaces give overlapping pairs of characters. Stemming is left to the index's own tokenizer.
/// </summary>
internal static class TextAnalyzer
{
    /// <summary>Longer runs of letters are hashes or encoded data, of which only the beginning is kept.</summary>
    private const int MaxTermLength = 48;

    private static readonly SearchValues<char> AsciiTerm = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> AsciiLower = SearchValues.Create("abcdefghijklmnopqrstuvwxyz");

    /// <summary>The terms of a text, each followed by a space: the form in which the index's tokenizer takes them.</summary>
    public static string Analyze(string text)
    {
        using var terms = new TermBuffer(text.Length + (text.Length / 2) + 64);
        Visit(text, terms);
        return terms.ToString();
    }

    /// <summary>Hands each term to the sink, in order.</summary>
    public static void Visit<TSink>(ReadOnlySpan<char> text, TSink sink)
        where TSink : ITermSink
    {
        while (SkipToTerm(text) is var start and >= 0)
        {
            text = text[start..];
            var length = TermLength(text);
            Word(text[..length], sink);
            text = text[length..];
        }
    }

    private static int SkipToTerm(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsTermCharacter(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int TermLength(ReadOnlySpan<char> text)
    {
        var ascii = text.IndexOfAnyExcept(AsciiTerm);
        if (ascii < 0)
        {
            return text.Length;
        }

        var length = ascii;
        while (length < text.Length && IsTermCharacter(text[length]))
        {
            length++;
        }

        return length;
    }

    private static bool IsTermCharacter(char c) => c < 128 ? char.IsAsciiLetterOrDigit(c) : char.IsSurrogate(c) || char.IsLetterOrDigit(c) || IsMark(c);

    private static bool IsMark(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static void Word<TSink>(ReadOnlySpan<char> word, TSink sink)
        where TSink : ITermSink
    {
        // Most words: nothing to fold and nothing to split.
        if (word.Length <= MaxTermLength && !word.ContainsAnyExcept(AsciiLower))
        {
            sink.Add(word, isPart: false);
            return;
        }

        if (ContainsUnspaced(word))
        {
            Pairs(word, sink);
            return;
        }

        Span<char> folded = stackalloc char[MaxTermLength];
        sink.Add(folded[..Fold(word, folded)], isPart: false);
        var partStart = 0;
        for (var i = 1; i < word.Length && i < MaxTermLength * 2; i++)
        {
            if (IsBoundary(word, i))
            {
                Part(word[partStart..i], folded, sink);
                partStart = i;
            }
        }

        if (partStart > 0)
        {
            Part(word[partStart..], folded, sink);
        }
    }

    private static void Part<TSink>(ReadOnlySpan<char> part, Span<char> folded, TSink sink)
        where TSink : ITermSink
    {
        if (part.Length > 1)
        {
            sink.Add(folded[..Fold(part, folded)], isPart: true);
        }
    }

    /// <summary>Between lower and upper (<c>replay|Store</c>), before the last capital of an acronym (<c>HTTP|Server</c>), at digits (<c>utf|8</c>).</summary>
    private static bool IsBoundary(ReadOnlySpan<char> word, int i)
    {
        var (before, here) = (word[i - 1], word[i]);
        if (char.IsUpper(here))
        {
            return char.IsLower(before) || char.IsDigit(before) || (char.IsUpper(before) && i + 1 < word.Length && char.IsLower(word[i + 1]));
        }

        return char.IsDigit(here) != char.IsDigit(before);
    }

    private static bool ContainsUnspaced(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (IsUnspaced(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Han, kana, Thai, Lao, Khmer and Myanmar are written without spaces between words.</summary>
    private static bool IsUnspaced(char c) => c is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uf900' and <= '\ufaff')
        or (>= '\u0e00' and <= '\u0eff') or (>= '\u1000' and <= '\u109f') or (>= '\u1780' and <= '\u17ff');

    private static void Pairs<TSink>(ReadOnlySpan<char> word, TSink sink)
        where TSink : ITermSink
    {
        if (word.Length == 1)
        {
            sink.Add(word, isPart: false);
        }

        Span<char> pair = stackalloc char[2];
        for (var i = 0; i + 1 < word.Length; i++)
        {
            (pair[0], pair[1]) = (char.ToLowerInvariant(word[i]), char.ToLowerInvariant(word[i + 1]));
            sink.Add(pair, isPart: false);
        }
    }

    private static int Fold(ReadOnlySpan<char> word, Span<char> folded)
    {
        var length = 0;
        foreach (var c in word)
        {
            if (length == folded.Length)
            {
                break;
            }

            if (c < 128)
            {
                folded[length++] = (char)(char.IsAsciiLetterUpper(c) ? c | 0x20 : c);
            }
            else if (!IsMark(c))
            {
                folded[length++] = AccentFolding.Fold(char.ToLowerInvariant(c));
            }
        }

        return length;
    }
}
