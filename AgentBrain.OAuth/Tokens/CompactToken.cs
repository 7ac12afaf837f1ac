using System.Buffers;
using System.Text.Json;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// An access token as it came, read as far as needed to choose the issuer and the key. Strict where JWT libraries are generous,
/// so that what they find afterwards in the same text is the same.
/// </summary>
public sealed class CompactToken
{
    /// <summary>The longest token that is read, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly SearchValues<char> Token68 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    private readonly JsonElement _claims;

    private CompactToken(TokenForm form, string? detail = null) => (Form, Detail) = (form, detail);

    private CompactToken(TokenHeader header, JsonElement claims, bool hasSignature)
    {
        Form = TokenForm.Jws;
        Header = header;
        HasSignature = hasSignature;
        _claims = claims;
        Issuer = claims.TryGetProperty("iss", out var issuer) && issuer.ValueKind == JsonValueKind.String ? issuer.GetString() : null;
    }

    /// <summary>What it is.</summary>
    public TokenForm Form { get; }

    /// <summary>What is wrong with a malformed one, for the log; no part of the token.</summary>
    public string? Detail { get; }

    /// <summary>The header of a signed token; <c>null</c> for every other form.</summary>
    public TokenHeader? Header { get; }

    /// <summary>False when the signature is empty, as with <c>alg: none</c>.</summary>
    public bool HasSignature { get; }

    /// <summary>The <c>iss</c> of a signed token, unverified: good for choosing whose keys to try, and for nothing else. <c>null</c> when it has none.</summary>
    public string? Issuer { get; }

    /// <summary>
    /// The claims, for the rules and only once the signature over this very text was found right.
    /// </summary>
    /// <exception cref="InvalidOperationException">The token is not a signed one.</exception>
    public JsonElement UnverifiedClaims => Form == TokenForm.Jws ? _claims : throw new InvalidOperationException("The token has no claims.");

    /// <summary>Reads a token. Never throws, whatever it is given.</summary>
    public static CompactToken Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return new CompactToken(TokenForm.Malformed, "It is empty.");

        if (token.Length > MaxLength)
            return new CompactToken(TokenForm.Malformed, "It is too long.");

        // RFC 6750 §2.1; the padding that the production allows at the end is judged by whoever gives the rest a meaning.
        if (token.AsSpan().ContainsAnyExcept(Token68))
            return new CompactToken(TokenForm.Malformed, "It has characters that no token has.");

        var first = token.AsSpan()[..Math.Max(0, token.IndexOf('.', StringComparison.Ordinal))];
        if (!MeansToBeHeader(first))
            return new CompactToken(TokenForm.Opaque);

        return token.AsSpan().Count('.') switch
        {
            2 => ReadSigned(token),
            4 => new CompactToken(TokenForm.Jwe),
            _ => new CompactToken(TokenForm.Malformed, "It has neither three parts nor five."),
        };
    }

    /// <summary>RFC 7515 §5.2, steps 1 to 6.</summary>
    private static CompactToken ReadSigned(ReadOnlySpan<char> token)
    {
        var headerEnd = token.IndexOf('.');
        var payloadEnd = token.LastIndexOf('.');
        var signature = token[(payloadEnd + 1)..];

        if (!Base64UrlText.IsCanonical(signature))
            return new CompactToken(TokenForm.Malformed, "The signature is not base64url.");

        if (!StrictJson.TryReadObject(Base64UrlText.Decode(token[..headerEnd]), out var header) || TokenHeader.Read(header) is not { } read)
            return new CompactToken(TokenForm.Malformed, "The header is not one.");

        if (!StrictJson.TryReadObject(Base64UrlText.Decode(token[(headerEnd + 1)..payloadEnd]), out var claims))
            return new CompactToken(TokenForm.Malformed, "The payload is not a JSON object.");

        return new CompactToken(read, claims, hasSignature: !signature.IsEmpty);
    }

    /// <summary>
    /// Whatever starts like the encoding of <c>{"</c> or decodes to an object's start. A broken JWT must not pass as an opaque
    /// token, or breaking one would choose the issuer that is asked.
    /// </summary>
    private static bool MeansToBeHeader(ReadOnlySpan<char> part) =>
        part.StartsWith("ey", StringComparison.Ordinal) || (Base64UrlText.Decode(part) is { } bytes && bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8));
}
