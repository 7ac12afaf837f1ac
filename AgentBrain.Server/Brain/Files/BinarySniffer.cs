using System.Buffers;
using System.Text;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Tells text from other content, and how the text is encoded.</summary>
internal static class BinarySniffer
{
    // Of 1,000 bytes so many may be control characters that text does not have.
    private const long MaxControlsPerThousand = 10;

    // Of 1,000 bytes of text in an 8-bit encoding so many may be outside ASCII; European languages stay far below.
    private const long MaxHighPerThousand = 300;

    private const long MaxInvalidPerThousand = 10;

    private static ReadOnlySpan<byte> Utf8Mark => [0xef, 0xbb, 0xbf];

    /// <summary>The encoding of the content, <see cref="TextEncoding.None"/> if it is not text.</summary>
    public static TextEncoding Sniff(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(Utf8Mark))
            return SniffBytes(content[Utf8Mark.Length..], marked: true);
        // UTF-32 starts like UTF-16; its NUL characters give it away when it is decoded.
        if (content is [0xff, 0xfe, ..])
            return content.Length % 2 == 0 ? TextEncoding.Utf16LittleEndian : TextEncoding.None;
        if (content is [0xfe, 0xff, ..])
            return content.Length % 2 == 0 ? TextEncoding.Utf16BigEndian : TextEncoding.None;
        return SniffBytes(content, marked: false);
    }

    /// <summary>Whether a decoded text has the characters of one.</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        long controls = 0;
        foreach (var c in text)
        {
            if (c == '\0')
                return false;
            if (c is '\ufffd' || IsControl(c))
                controls++;
        }

        return controls * 1000 <= text.Length * MaxControlsPerThousand;
    }

    private static TextEncoding SniffBytes(ReadOnlySpan<byte> content, bool marked)
    {
        if (content.Contains((byte)0))
            return TextEncoding.None;
        long controls = 0, high = 0, undefined = 0;
        foreach (var b in content)
        {
            if (b >= 0x80)
                high++;
            else if (IsControl((char)b))
                controls++;
            if (b is 0x81 or 0x8d or 0x8f or 0x90 or 0x9d)
                undefined++;
        }

        if (controls * 1000 > content.Length * MaxControlsPerThousand)
            return TextEncoding.None;
        if (high == 0)
            return TextEncoding.Utf8;
        var (valid, invalid) = CountSequences(content);
        if (invalid == 0)
            return TextEncoding.Utf8;
        // Some damage in what is otherwise UTF-8. Without one valid sequence it is an 8-bit encoding, however few the bytes are.
        if ((marked || valid > 0) && invalid * 1000 <= content.Length * MaxInvalidPerThousand)
            return TextEncoding.Utf8;
        return undefined == 0 && high * 1000 <= content.Length * MaxHighPerThousand ? TextEncoding.Windows1252 : TextEncoding.None;
    }

    private static (long Valid, long Invalid) CountSequences(ReadOnlySpan<byte> content)
    {
        long valid = 0, invalid = 0;
        while (!content.IsEmpty)
        {
            var ascii = content.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
            if (ascii < 0)
                break;
            content = content[ascii..];
            if (Rune.DecodeFromUtf8(content, out _, out var consumed) == OperationStatus.Done)
                valid++;
            else
                invalid++;
            content = content[consumed..];
        }

        return (valid, invalid);
    }

    // Tab, line feed, vertical tab, form feed, carriage return, and the escape and backspace of recorded terminals.
    private static bool IsControl(char c) => c is < ' ' and not ('\t' or '\n' or '\v' or '\f' or '\r' or '\u001b' or '\b') or '\u007f';
}

/// <summary>How text is encoded.</summary>
internal enum TextEncoding
{
    /// <summary>It is not text.</summary>
    None,

    /// <summary>UTF-8, with or without a mark, possibly with a little damage.</summary>
    Utf8,

    /// <summary>UTF-16 with the mark FF FE.</summary>
    Utf16LittleEndian,

    /// <summary>UTF-16 with the mark FE FF.</summary>
    Utf16BigEndian,

    /// <summary>An 8-bit encoding, taken for Windows-1252.</summary>
    Windows1252,
}
