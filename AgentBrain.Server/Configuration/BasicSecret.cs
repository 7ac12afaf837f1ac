using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.Server.Configuration;

/// <summary>
/// One shared secret of the basic mode. Only its SHA-256 and the name of its principal stay in memory, so that neither a log
/// line nor a dump of the settings can show it.
/// </summary>
internal sealed class BasicSecret
{
    private readonly byte[] _hash;

    /// <summary>Takes the digest of a secret that was already judged good enough.</summary>
    public BasicSecret(string secret)
    {
        var bytes = Encoding.ASCII.GetBytes(secret);
        _hash = SHA256.HashData(bytes);
        Principal = "basic:" + Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "agent-brain principal"u8))[..8];
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Who a caller with this secret is: <c>basic:</c> and the first 8 hex digits of an HMAC under the secret.</summary>
    public string Principal { get; }

    /// <summary>Compares in constant time, whatever the presented value's length, because both sides are digests.</summary>
    /// <param name="presentedHash">SHA-256 of what the caller sent.</param>
    public bool Matches(ReadOnlySpan<byte> presentedHash) => CryptographicOperations.FixedTimeEquals(_hash, presentedHash);
}
