using System.Text.Json;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// What a JOSE header (RFC 7515 §4) says that is judged. A key, or the address of one (<c>jwk</c>, <c>jku</c>, <c>x5c</c>,
/// <c>x5u</c>), is not among it: keys come from the issuer's configuration alone, and there is no way for a token to bring one.
/// </summary>
/// <param name="Algorithm">The <c>alg</c>; never empty.</param>
/// <param name="Type">The <c>typ</c> as it is written, or <c>null</c>.</param>
/// <param name="KeyId">The <c>kid</c>, or <c>null</c>.</param>
/// <param name="Foreign">The first member that changes how the token would have to be read (<c>crit</c>, <c>b64</c>, <c>enc</c>, <c>zip</c>), or <c>null</c>.</param>
public sealed record TokenHeader(string Algorithm, string? Type, string? KeyId, string? Foreign)
{
    /// <summary>Longest <c>typ</c>, <c>alg</c> or <c>kid</c> that is read.</summary>
    public const int MaxLength = 255;

    private static readonly string[] ForeignMembers = ["crit", "b64", "enc", "zip"];

    /// <summary>Reads a header; <c>null</c> when it is none.</summary>
    internal static TokenHeader? Read(JsonElement header) =>
        Text(header, "alg", out var algorithm) && algorithm is { Length: > 0 } && Text(header, "typ", out var type) && Text(header, "kid", out var keyId)
            ? new TokenHeader(algorithm, type, keyId, Array.Find(ForeignMembers, name => header.TryGetProperty(name, out _)))
            : null;

    private static bool Text(JsonElement header, string name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value))
            return true;

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is { Length: <= MaxLength } && !text.Any(char.IsControl);
    }
}
