using System.Globalization;
using System.Text;

namespace AgentBrain.Server.Authorization;

/// <summary>Makes text that a stranger chose fit for a log: short, on one line, and unable to steer a terminal.</summary>
internal static class LogText
{
    /// <summary>Cuts to <paramref name="maxLength"/> characters and escapes control, format (bidirectional included) and surrogate characters.</summary>
    public static string Safe(string? text, int maxLength = 128)
    {
        if (string.IsNullOrEmpty(text))
            return "";

        var cut = text.Length > maxLength ? text[..maxLength] : text;
        if (cut.All(char.IsAsciiLetterOrDigit))
            return cut;

        var result = new StringBuilder(cut.Length + 16);
        foreach (var character in cut)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                result.Append(character);
        }

        return cut.Length < text.Length ? result.Append('…').ToString() : result.ToString();
    }
}
