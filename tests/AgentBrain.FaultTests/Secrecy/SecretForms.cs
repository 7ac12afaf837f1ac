using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>How a text may look in a log: as it is, or as some layer on the way wrote it.</summary>
internal static class SecretForms
{
    /// <summary>All forms, as the bytes that they are in a file, one character each.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return text;
        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));
        yield return JsonEncodedText.Encode(text).Value;
        yield return Uri.EscapeDataString(text);
        yield return WebUtility.UrlEncode(text);
        yield return string.Concat(bytes.Select(value => $"%{value:X2}"));
        yield return string.Concat(bytes.Select(value => $"%{value:x2}"));
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);
        for (var before = 0; before < 3; before++)
        {
            var inner = InsideBase64(bytes, before);
            yield return inner;
            yield return inner.Replace('-', '+').Replace('_', '/');
        }
    }

    /// <summary>The characters that the bytes alone decide, when so many others (modulo three) come before them, and any after.</summary>
    private static string InsideBase64(byte[] bytes, int before)
    {
        var encoded = Base64Url.EncodeToString([.. new byte[before], .. bytes]);
        var first = ((8 * before) + 5) / 6;
        return encoded[first..(8 * (before + bytes.Length) / 6)];
    }
}
