using System.Collections.Immutable;

namespace AgentBrain.OAuth.Dpop;

/// <summary>What is accepted as a proof, and how much of it is remembered.</summary>
public sealed record DpopOptions
{
    /// <summary>Algorithms (RFC 9449 §4.3, number 5), in the order in which they are advertised.</summary>
    public ImmutableArray<string> Algorithms { get; init; } = ["ES256", "ES384", "PS256", "RS256"];

    /// <summary>How old a proof may be, skew included.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How far in the future a proof's time may be, skew included.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How much longer than it could be accepted a proof is remembered, for replicas whose clocks differ.</summary>
    public TimeSpan ReplicaSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Is a nonce demanded of every proof (RFC 9449 §9), or only after the replay store was born anew?</summary>
    public bool NonceRequired { get; init; }

    /// <summary>Proofs a second of one key; twice as many at once. 0 is no limit.</summary>
    public int RatePerKey { get; init; } = 50;

    /// <summary>Proofs of one key that are remembered at a time. 0 is no limit.</summary>
    public int LivePerKey { get; init; } = 5_000;

    /// <summary>Proofs that the store in memory remembers at most; then it is full, and refuses rather than forgets.</summary>
    public int Capacity { get; init; } = 500_000;
}
