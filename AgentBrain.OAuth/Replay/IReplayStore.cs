namespace AgentBrain.OAuth.Replay;

/// <summary>
/// Remembers proofs for as long as they could be accepted again (RFC 9449 §11.1). It refuses when it cannot remember one more, and
/// it tells when it was born, since before that it remembers nothing.
/// </summary>
public interface IReplayStore
{
    /// <summary>The epoch as far as it is known here; <c>null</c> when the store was never reached.</summary>
    ReplayEpoch? Current { get; }

    /// <summary>Remembers a proof, in one atomic step, unless it was seen before. Does not throw when the store fails.</summary>
    ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the store which epoch it is in, so that <see cref="Current"/> is recent; bounded in time. False when it gave no answer.
    /// </summary>
    ValueTask<bool> RefreshAsync(CancellationToken cancellationToken);
}
