using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.OAuth;

/// <summary>
/// Base64url as RFC 7515 §2 has it: no padding, no white space, and the unused bits of the last character zero, so that bytes have
/// exactly one spelling. The platform's decoder is more lenient in all three.
/// </summary>
public static class Base64UrlText
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Characters);

    /// <summary>The text for bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>True when the text is the one spelling of some bytes; the empty text is that of no bytes.</summary>
    public static bool IsCanonical(ReadOnlySpan<char> text)
    {
        var rest = text.Length % 4;
        if (rest == 1 || text.ContainsAnyExcept(Alphabet))
            return false;

        var unused = rest switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        return unused == 0 || (Characters.IndexOf(text[^1], StringComparison.Ordinal) & unused) == 0;
    }

    /// <summary>The bytes; <c>null</c> for what is not canonical.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text) => IsCanonical(text) ? Base64Url.DecodeFromChars(text) : null;

    /// <summary>The bytes of a text, if it is their one spelling.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = Decode(text);
        return bytes is not null;
    }
}
