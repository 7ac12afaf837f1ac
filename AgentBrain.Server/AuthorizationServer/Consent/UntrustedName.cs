using System.Globalization;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// A name that a client chose for itself, made fit to be shown in quotes: short, on one line, without characters that hide, reorder,
/// pile up, or look like the quotes and ticks around it (SR-32). Letters that are others in costume are undressed as NFKC does it;
/// NFKC itself needs tables that this program runs without.
/// </summary>
internal static class UntrustedName
{
    /// <summary>Most characters of one.</summary>
    public const int MaxLength = 64;

    private const int MaxMarks = 2;
    private const string Quotes = "\"“”„‟«»‹›❝❞〝〞";

    /// <summary>The name to show; <c>null</c> when nothing is left of it.</summary>
    public static string? Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;

        var clean = Cut(Filter(text.Length > 1024 ? text[..1024] : text).Trim());
        return clean.Length == 0 ? null : clean;
    }

    private static string Filter(string text)
    {
        var result = new StringBuilder(text.Length);
        var marks = 0;
        foreach (var dressed in text.EnumerateRunes())
        {
            if (dressed == Rune.ReplacementChar)
                continue;

            var rune = Undress(dressed);
            var category = Rune.GetUnicodeCategory(rune);
            marks = IsMark(category) ? marks + 1 : 0;
            if (IsSpace(category) || rune.Value is '\t' or '\n' or '\r')
                AddSpace(result);
            else if (Quotes.Contains(rune.ToString(), StringComparison.Ordinal))
                result.Append('\'');
            else if (marks <= MaxMarks && IsVisible(category, rune))
                result.Append(rune);
        }

        return result.ToString();
    }

    /// <summary>The ASCII character that a wide or a mathematical one stands for.</summary>
    private static Rune Undress(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFEE0),
        >= 0x1D400 and <= 0x1D6A3 when (rune.Value - 0x1D400) % 52 is var letter => new Rune(letter < 26 ? 'A' + letter : 'a' + letter - 26),
        >= 0x1D7CE and <= 0x1D7FF => new Rune('0' + ((rune.Value - 0x1D7CE) % 10)),
        _ => rune,
    };

    private static void AddSpace(StringBuilder result)
    {
        if (result.Length > 0 && result[^1] != ' ')
            result.Append(' ');
    }

    private static string Cut(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        var result = new StringBuilder();
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (result.Length + element.Length > MaxLength - 1 && result.Length + element.Length < text.Length)
                return result.ToString().TrimEnd() + "…";

            result.Append(element);
        }

        return result.ToString();
    }

    private static bool IsSpace(UnicodeCategory category) =>
        category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Letters, digits and punctuation; no symbols, which could be drawn as a badge, and no fillers, which are letters without ink.</summary>
    private static bool IsVisible(UnicodeCategory category, Rune rune) =>
        category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.EnclosingMark)
        && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x17B4 or 0x17B5);
}
