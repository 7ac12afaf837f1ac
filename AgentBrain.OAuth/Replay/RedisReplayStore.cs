using StackExchange.Redis;

namespace AgentBrain.OAuth.Replay;

/// <summary>
/// A replay store for several servers. Every decision is one script in Redis; an answer that does not come in time counts as none.
/// Every answer has the epoch with it, so a Redis that lost its memory is noticed with the next proof.
/// </summary>
/// <param name="redis">The connection.</param>
/// <param name="livePerKey">Most proofs of one key that are remembered; 0 is no limit.</param>
public sealed class RedisReplayStore(RedisConnection redis, int livePerKey) : IReplayStore
{
    /// <summary>One hash tag for all, so that in a cluster one script may touch them.</summary>
    private const string Prefix = "agent-brain:replay:{dpop}:";
    private static readonly RedisKey EpochKey = Prefix + "epoch";
    private readonly Lock _gate = new();
    private ReplayEpoch? _current;
    private Task<bool>? _refreshing;

    /// <inheritdoc/>
    public ReplayEpoch? Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public async ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [EpochKey, $"{Prefix}seen:{entry.Id}", $"{Prefix}live:{entry.KeyThumbprint}"];
        RedisValue[] arguments =
        [
            ReplayEpoch.NewSecret(), 0, entry.NonceEpoch?.Value ?? "", entry.EarliestUse.ToUnixTimeMilliseconds(),
            (long)Math.Ceiling(entry.Lifetime.TotalMilliseconds) + 1, livePerKey,
        ];
        try
        {
            return Read(await redis.AskAsync(database => RunAsync(database, keys, arguments), cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        Task<bool> refreshing;
        lock (_gate)
        {
            if (_refreshing is null || _refreshing.IsCompleted)
                _refreshing = RefreshAsync();

            refreshing = _refreshing;
        }

        return await refreshing.WaitAsync(cancellationToken);
    }

    private async Task<bool> RefreshAsync()
    {
        try
        {
            Read(await redis.AskAsync(database => RunAsync(database, [EpochKey], [ReplayEpoch.NewSecret(), 0]), CancellationToken.None));
            return true;
        }
        catch (Exception)
        {
            return false; // What went wrong is told by the health check; here it only matters that there was no answer.
        }
    }

    private static async Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(ReplayScript.Hash, keys, arguments, CommandFlags.DemandMaster);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            arguments[1] = 1;
            return await database.ScriptEvaluateAsync(ReplayScript.Text, keys, arguments, CommandFlags.DemandMaster | CommandFlags.NoScriptCache);
        }
    }

    private ReplayResult Read(RedisResult answer)
    {
        if (answer.Length != 3 || ReplayEpoch.Parse((string?)answer[1]) is not { } epoch)
            throw new FormatException("Redis holds something else where the epoch should be.");

        Learn(epoch);
        return (string?)answer[0] switch
        {
            "added" => new ReplayResult(ReplayStatus.Added),
            "seen" => new ReplayResult(ReplayStatus.Seen),
            "nonce" => new ReplayResult(ReplayStatus.NonceNeeded),
            "limit" => new ReplayResult(ReplayStatus.KeyLimit, TimeSpan.FromMilliseconds((long)answer[2])),
            _ => new ReplayResult(ReplayStatus.Unavailable),
        };
    }

    /// <summary>
    /// The last answer is right, and not the youngest epoch: a Redis that took over may have a slower clock. One instance as long as the
    /// epoch is the same, so that a change is seen by reference.
    /// </summary>
    private void Learn(ReplayEpoch epoch)
    {
        lock (_gate)
        {
            if (!epoch.IsSame(_current))
                _current = epoch;
        }
    }

    private static ReplayResult Failed(Exception exception) => exception switch
    {
        RedisServerException when exception.Message.Contains("OOM", StringComparison.Ordinal) =>
            new ReplayResult(ReplayStatus.Full, TimeSpan.FromSeconds(5), "Redis is out of memory"),
        RedisBusyException => new ReplayResult(ReplayStatus.Unavailable, TimeSpan.FromSeconds(1), "Redis is busy: too many questions are under way"),
        _ => new ReplayResult(ReplayStatus.Unavailable, TimeSpan.FromSeconds(1), $"Redis gave no answer: {exception.GetType().Name}"),
    };
}
