using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Secrets that a browser or a person shows: 256 random bits in base64url, of which only the digest is kept.</summary>
internal static class SecretText
{
    private const int Bytes = 32;

    /// <summary>A new one.</summary>
    public static string New() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The digest of one; <c>null</c> for what cannot be one, in any other spelling too.</summary>
    public static string? Digest(string? secret) =>
        secret is not null && secret.Length <= 64 && Base64UrlText.TryDecode(secret, out var bytes) && bytes.Length == Bytes
            ? Base64UrlText.Encode(SHA256.HashData(bytes))
            : null;

    /// <summary>Are two digests the same? Takes the same time wherever they differ.</summary>
    public static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));
}
