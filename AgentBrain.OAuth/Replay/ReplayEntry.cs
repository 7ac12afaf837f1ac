using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Replay;

/// <summary>A proof to be remembered.</summary>
/// <param name="Id">What stands for key and <c>jti</c>.</param>
/// <param name="KeyThumbprint">Whose quota it counts against.</param>
/// <param name="EarliestUse">
/// The earliest moment at which any of our servers could have accepted it: <c>iat</c>, less what a proof may be ahead, less what our
/// clocks may differ. A store born later may have forgotten it.
/// </param>
/// <param name="ExpiresAt">From when on none of our servers accepts it any more.</param>
/// <param name="Lifetime">The same, from now.</param>
/// <param name="NonceEpoch">The epoch of the nonce in it, <c>null</c> without one.</param>
public readonly record struct ReplayEntry(
    ReplayId Id, string KeyThumbprint, DateTimeOffset EarliestUse, DateTimeOffset ExpiresAt, TimeSpan Lifetime, ReplayEpoch? NonceEpoch)
{
    /// <summary>For a proof that became too old between its check and its use.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    /// <summary>An entry that lives until the proof is too old for every server.</summary>
    public static ReplayEntry For(Proof proof, DpopOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(options);
        var expiresAt = proof.IssuedAt + options.MaxAge + options.ReplicaSkew;
        if (expiresAt < now + ShortestLife)
            expiresAt = now + ShortestLife;

        return new ReplayEntry(
            ReplayId.For(proof.KeyThumbprint, proof.Id),
            proof.KeyThumbprint,
            proof.IssuedAt - options.MaxAhead - options.ReplicaSkew,
            expiresAt,
            expiresAt - now,
            proof.NonceEpoch);
    }

    /// <summary>Could it have been accepted before the epoch, and does no nonce tell the contrary?</summary>
    internal bool NeedsNonceOf(ReplayEpoch epoch) => EarliestUse <= epoch.BornAt && !epoch.IsSame(NonceEpoch);
}

/// <summary>
/// SHA-256(thumbprint ‖ 0 ‖ jti): of one size whatever a client writes, and not the raw <c>htu</c>, whose spelling a client may vary.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReplayId
{
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private ReplayId(ReadOnlySpan<byte> hash)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(hash);
        _b = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>The id of a proof.</summary>
    public static ReplayId For(string keyThumbprint, string proofId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{keyThumbprint}\0{proofId}")));

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{_a:x16}{_b:x16}{_c:x16}{_d:x16}";
}

/// <summary>What became of an entry.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="RetryAfter">When it makes sense to try again, for what passes.</param>
/// <param name="Detail">For the log alone.</param>
public readonly record struct ReplayResult(ReplayStatus Status, TimeSpan? RetryAfter = null, string? Detail = null);

/// <summary>Verdicts of a replay store.</summary>
public enum ReplayStatus
{
    /// <summary>It could not be asked, did not answer in time, or its answer was none: whether the proof was seen is unknown.</summary>
    Unavailable,

    /// <summary>It was not seen before, and now it is remembered.</summary>
    Added,

    /// <summary>It was seen before.</summary>
    Seen,

    /// <summary>The store may have forgotten it, being younger: the proof needs a nonce of the current epoch. Nothing was remembered.</summary>
    NonceNeeded,

    /// <summary>As many proofs of this key are remembered as may be. Nothing was remembered.</summary>
    KeyLimit,

    /// <summary>As many proofs are remembered as there is room for. Nothing was remembered, nothing forgotten.</summary>
    Full,
}
