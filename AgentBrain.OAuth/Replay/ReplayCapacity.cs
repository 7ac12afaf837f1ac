using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Replay;

/// <summary>How much a replay store holds, for the message at the start.</summary>
/// <param name="Window">How long a proof is remembered at most: as old, as far ahead and as much clock difference as is allowed.</param>
/// <param name="Entries">Proofs remembered at a time.</param>
/// <param name="Bytes">Memory for them, roughly.</param>
public sealed record ReplayCapacity(TimeSpan Window, long Entries, long Bytes)
{
    /// <summary>Memory of one entry in <see cref="MemoryReplayStore"/>: 122 were measured, and its tables grow by doubling.</summary>
    public const int BytesInMemory = 170;

    /// <summary>What a number of entries needs.</summary>
    /// <param name="options">The acceptance window.</param>
    /// <param name="entries">The number.</param>
    /// <param name="bytesPerEntry">Such as <see cref="BytesInMemory"/>.</param>
    public static ReplayCapacity ForEntries(DpopOptions options, long entries, int bytesPerEntry) => new(WindowOf(options), entries, entries * bytesPerEntry);

    /// <summary>Accepted proofs a second that <see cref="Entries"/> allows for as long as one likes.</summary>
    public double ProofsPerSecond => Entries / Window.TotalSeconds;

    private static TimeSpan WindowOf(DpopOptions options) => options.MaxAge + options.MaxAhead + options.ReplicaSkew;
}
