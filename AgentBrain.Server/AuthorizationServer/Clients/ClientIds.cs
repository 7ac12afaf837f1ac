using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Identifiers of clients, and what is kept of their secrets.</summary>
internal static class ClientIds
{
    private const int IdBytes = 16;
    private const int SecretBytes = 32;

    /// <summary>A new id: random, and nothing that could be taken for the URL of a document.</summary>
    public static string NewId() => "c-" + Base64UrlText.Encode(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>A new secret: 256 random bits, so that a plain digest of it is all that need be kept.</summary>
    public static string NewSecret() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>SHA-256 of a text, base64url: what clients are unique by, and what is kept of secrets.</summary>
    public static string Digest(string text) => Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Is this the secret that a digest was made of? Takes the same time wherever they differ.</summary>
    public static bool IsSecret(string? digest, string secret) =>
        digest is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(digest), Encoding.ASCII.GetBytes(Digest(secret)));
}
