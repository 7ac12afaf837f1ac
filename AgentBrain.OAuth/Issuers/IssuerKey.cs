using System.Text.Json;
using AgentBrain.OAuth.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Issuers;

/// <summary>One public signature key of a JWKS (RFC 7517 §4, RFC 7518 §6).</summary>
/// <param name="id">Its <c>kid</c>, or <c>null</c>.</param>
/// <param name="algorithms">What it may be used with: what the issuer says, or else whatever its type allows.</param>
/// <param name="material">Type and public members; two keys with the same are the same.</param>
/// <param name="key">The key, made from nothing but its public members.</param>
internal sealed class IssuerKey(string? id, string[] algorithms, string material, SecurityKey key)
{
    private const int MinRsaBytes = 2048 / 8;
    private const int MaxRsaBytes = 8192 / 8;
    private static readonly string[] RsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Its <c>kid</c>, or <c>null</c>.</summary>
    public string? Id => id;

    /// <summary>The key.</summary>
    public SecurityKey Key => key;

    /// <summary>May a token with this <c>alg</c> be verified with it? The key decides, never the token (RFC 8725 §3.1).</summary>
    public bool Fits(string algorithm) => algorithms.Contains(algorithm, StringComparer.Ordinal);

    /// <summary>Is it the same key, under the same name, for the same use?</summary>
    public bool IsSameAs(IssuerKey other) => other.IsSame(id, algorithms, material);

    /// <summary>Reads a key.</summary>
    /// <param name="jwk">A member of <c>keys</c>.</param>
    /// <param name="problem">Why it is no key for us, for the log.</param>
    public static IssuerKey? Read(JsonElement jwk, out string? problem)
    {
        problem = ProblemOf(jwk);
        if (problem is not null)
            return null;

        var read = Text(jwk, "kty") switch
        {
            "EC" => ReadEc(jwk),
            "RSA" => ReadRsa(jwk),
            _ => null,
        };
        problem = read is null ? "it is neither an EC key on P-256 or P-384 nor an RSA key of 2048 to 8192 bits, or its alg is not one of those" : null;
        return read;
    }

    private static string? ProblemOf(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
            return "it is not an object";

        if (Array.Exists(PrivateMembers, name => jwk.TryGetProperty(name, out _)))
            return "it has private members";

        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") != "sig")
            return "it is not for signatures";

        if (jwk.TryGetProperty("key_ops", out var uses) && !(uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(use => use.ValueKind == JsonValueKind.String && use.ValueEquals("verify"))))
            return "it is not for verification";

        return IsTextIfPresent(jwk, "kid") && IsTextIfPresent(jwk, "alg") ? null : "its kid or alg is not a text";
    }

    private static IssuerKey? ReadEc(JsonElement jwk)
    {
        var curve = Text(jwk, "crv");
        var (size, algorithm) = curve switch { "P-256" => (32, "ES256"), "P-384" => (48, "ES384"), _ => (0, "") };
        var (x, y) = (Text(jwk, "x"), Text(jwk, "y"));
        if (size == 0 || Base64UrlText.Decode(x)?.Length != size || Base64UrlText.Decode(y)?.Length != size)
            return null;

        var key = new JsonWebKey { Kty = "EC", Crv = curve, X = x, Y = y, Kid = Text(jwk, "kid") };
        return EcPoint.IsOnCurve(curve!, Base64UrlText.Decode(x)!, Base64UrlText.Decode(y)!) ? Make(jwk, $"EC {curve} {x} {y}", key, [algorithm]) : null;
    }

    private static IssuerKey? ReadRsa(JsonElement jwk)
    {
        var (n, e) = (Text(jwk, "n"), Text(jwk, "e"));
        var modulus = Base64UrlText.Decode(n);
        var exponent = Base64UrlText.Decode(e);

        // RFC 7518 §6.3.1.1: no leading zero, so the length is the size. An even modulus or an exponent of 1 verifies anything or nothing.
        if (modulus is not { Length: >= MinRsaBytes and <= MaxRsaBytes } || modulus[0] < 0x80 || (modulus[^1] & 1) == 0)
            return null;

        if (exponent is not { Length: >= 1 and <= 4 } || (exponent[^1] & 1) == 0 || exponent is [1] || exponent[0] == 0)
            return null;

        return Make(jwk, $"RSA {n} {e}", new JsonWebKey { Kty = "RSA", N = n, E = e, Kid = Text(jwk, "kid") }, RsaAlgorithms);
    }

    private static IssuerKey? Make(JsonElement jwk, string material, SecurityKey key, string[] possible) => Text(jwk, "alg") switch
    {
        null => new IssuerKey(Text(jwk, "kid"), possible, material, key),
        { } algorithm when possible.Contains(algorithm, StringComparer.Ordinal) => new IssuerKey(Text(jwk, "kid"), [algorithm], material, key),
        _ => null,
    };

    private bool IsSame(string? otherId, string[] otherAlgorithms, string otherMaterial) =>
        id == otherId && material == otherMaterial && algorithms.SequenceEqual(otherAlgorithms, StringComparer.Ordinal);

    private static bool IsTextIfPresent(JsonElement jwk, string name) =>
        !jwk.TryGetProperty(name, out var value) || (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= TokenHeader.MaxLength });

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
