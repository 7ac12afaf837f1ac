using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Issuers;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Clients;

/// <summary>A client's public keys (RFC 7517), written anew from nothing but what was judged.</summary>
public static class ClientKeys
{
    /// <summary>Most keys.</summary>
    public const int MaxKeys = 10;

    private static readonly string[] Algorithms = ["ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    /// <summary>Reads a JWKS.</summary>
    /// <param name="jwks">The document.</param>
    /// <param name="problem">What is wrong with it: the end of a sentence that begins with its name.</param>
    /// <returns>The keys in the one order and form that they have here; <c>null</c> when there is a problem.</returns>
    public static string? Read(JsonElement jwks, out string? problem)
    {
        if (jwks.ValueKind != JsonValueKind.Object || KeySet.Read(jwks, out var ignored) is not { } keys)
        {
            problem = "is no JWK set (RFC 7517 §5)";
            return null;
        }

        // A private key that was published is nobody's secret any more.
        problem = ignored.Any(static reason => reason.EndsWith("it has private members", StringComparison.Ordinal)) ? "has a private key or a symmetric one in it"
            : keys.Length == 0 ? "has no public key that is accepted here (EC on P-256 or P-384, RSA of 2048 bits and more)"
            : keys.Length > MaxKeys ? $"has more than {MaxKeys} keys"
            : null;
        return problem is null ? $$"""{"keys":[{{string.Join(',', keys.Select(Write).Order(StringComparer.Ordinal))}}]}""" : null;
    }

    private static string Write(IssuerKey key)
    {
        var (jwk, fitting) = ((JsonWebKey)key.Key, Array.FindAll(Algorithms, key.Fits));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in new[] { ("alg", fitting is [var only] ? only : null), ("crv", jwk.Crv), ("e", jwk.E), ("kid", key.Id), ("kty", jwk.Kty), ("n", jwk.N), ("use", "sig"), ("x", jwk.X), ("y", jwk.Y) })
            {
                if (value is not null)
                    writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
