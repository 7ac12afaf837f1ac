using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>Writes what a caller sent, or what a file is called, so that it fits into one line of ours: short, and without control characters.</summary>
internal static class Given
{
    private const int MaxLength = 64;

    /// <summary>A JSON value as it was sent.</summary>
    public static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => OneLine(value.GetRawText(), MaxLength),
    };

    /// <summary>A text in quotes, for a sentence.</summary>
    public static string Text(string text) => $"'{Name(text)}'";

    /// <summary>A text without quotes, for programs.</summary>
    public static string Name(string text) => OneLine(text, MaxLength);

    /// <summary>A text without line breaks and other control or invisible formatting characters, cut to a length.</summary>
    public static string OneLine(string text, int maxLength)
    {
        var line = new StringBuilder(Math.Min(text.Length, maxLength + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > maxLength)
            {
                return line.Append('…').ToString();
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                line.Append(' ');
            }
            else
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString();
    }
}
