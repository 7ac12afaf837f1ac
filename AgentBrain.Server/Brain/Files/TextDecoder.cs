using System.Text;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Turns the bytes of a text file into text.</summary>
internal static class TextDecoder
{
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)
        ?? throw new InvalidOperationException("The runtime lacks code page 1252.");

    /// <summary>Decodes.</summary>
    /// <returns>The text without its byte order mark, damaged UTF-8 with U+FFFD in its place; null if the content is not text.</returns>
    public static string? Decode(ReadOnlySpan<byte> content)
    {
        var encoding = BinarySniffer.Sniff(content) switch
        {
            TextEncoding.Utf8 => Encoding.UTF8,
            TextEncoding.Utf16LittleEndian => Encoding.Unicode,
            TextEncoding.Utf16BigEndian => Encoding.BigEndianUnicode,
            TextEncoding.Windows1252 => Windows1252,
            _ => null,
        };
        if (encoding is null)
            return null;
        var text = encoding.GetString(content);
        text = text.StartsWith('\ufeff') ? text[1..] : text;
        // The bytes were judged already, but for UTF-16, whose bytes say little.
        return encoding.IsSingleByte || encoding is UTF8Encoding || BinarySniffer.IsText(text) ? text : null;
    }
}
