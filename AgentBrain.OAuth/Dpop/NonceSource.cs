using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// Nonces of a server (RFC 9449 §8, §9) that need no memory: a MAC over the clock's current step. All servers that share a replay
/// store share its secret, so each takes the others' nonces; and when the store is born anew, all nonces from before are void.
/// </summary>
/// <param name="store">Whose epoch has the secret.</param>
/// <param name="time">The clock.</param>
/// <param name="purpose">What the nonces are for; a nonce for another purpose, or another resource, is none.</param>
public sealed class NonceSource(IReplayStore store, TimeProvider time, string purpose = NonceSource.ResourceServer)
{
    /// <summary>The purpose of nonces at protected resources.</summary>
    public const string ResourceServer = "dpop-nonce/resource-server";

    private const int NonceBytes = 16;
    private const int NonceCharacters = 22;
    private const int StepsBack = 2;

    /// <summary>How long the same nonce is given out. It is accepted for two more steps.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The nonce for the next proof; <c>null</c> when the store's epoch is not known.</summary>
    /// <param name="resource">For whom; the same text as in <see cref="ProofRequest.Resource"/>.</param>
    public string? Issue(string resource) =>
        store.Current is { } epoch ? Base64UrlText.Encode(Mac(Key(epoch, resource), CurrentStep())) : null;

    /// <summary>The epoch under which a nonce is right now; <c>null</c> when it is not one of ours, or no longer.</summary>
    internal ReplayEpoch? Verify(string nonce, string resource)
    {
        if (store.Current is not { } epoch || nonce.Length != NonceCharacters || !Base64UrlText.TryDecode(nonce, out var given))
            return null;

        var key = Key(epoch, resource);
        var current = CurrentStep();
        var found = false;
        for (var back = 0; back <= StepsBack; back++)
            found |= CryptographicOperations.FixedTimeEquals(Mac(key, current - back), given);

        return found ? epoch : null;
    }

    private long CurrentStep() => time.GetUtcNow().ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    private byte[] Key(ReplayEpoch epoch, string resource)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, epoch.Secret.Span, key, salt: [], info: Encoding.UTF8.GetBytes($"{purpose}\0{resource}"));
        return key;
    }

    private static byte[] Mac(byte[] key, long step)
    {
        Span<byte> message = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
        return HMACSHA256.HashData(key, message)[..NonceBytes];
    }
}
