namespace AgentBrain.OAuth.Replay;

/// <summary>
/// A replay store for one process. When it is full it refuses, and forgets nothing that could still be accepted. Its epoch is its own
/// life: after a restart, proofs from before need a nonce from after.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">Most proofs that are remembered.</param>
/// <param name="livePerKey">Most proofs of one key that are remembered; 0 is no limit.</param>
public sealed class MemoryReplayStore(TimeProvider time, int capacity, int livePerKey) : IReplayStore
{
    /// <summary>More than one, so that the backlog of an idle time goes away; few, so that nobody waits for it.</summary>
    private const int SweptAtOnce = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<ReplayId> _seen = [];
    private readonly Dictionary<string, int> _live = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Queue<Remembered>, long> _seconds = new();
    private readonly Dictionary<long, Queue<Remembered>> _bySecond = [];

    /// <summary>The epoch: from construction on.</summary>
    public ReplayEpoch Current { get; } = ReplayEpoch.Begin(time.GetUtcNow());

    ReplayEpoch? IReplayStore.Current => Current;

    /// <summary>How many proofs are remembered, a few of which may have expired.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _seen.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken)
    {
        if (entry.NeedsNonceOf(Current))
            return new(new ReplayResult(ReplayStatus.NonceNeeded));

        var now = time.GetUtcNow();
        lock (_gate)
            return new(Add(entry, now));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RefreshAsync(CancellationToken cancellationToken) => new(true);

    private ReplayResult Add(ReplayEntry entry, DateTimeOffset now)
    {
        Sweep(now);
        if (_seen.Contains(entry.Id))
            return new ReplayResult(ReplayStatus.Seen);

        var live = _live.GetValueOrDefault(entry.KeyThumbprint);
        if (livePerKey > 0 && live >= livePerKey)
            return new ReplayResult(ReplayStatus.KeyLimit);

        if (_seen.Count >= capacity)
            return new ReplayResult(ReplayStatus.Full, UntilRoom(now), "the store in memory is full");

        _seen.Add(entry.Id);
        _live[entry.KeyThumbprint] = live + 1;
        Remember(entry);
        return new ReplayResult(ReplayStatus.Added);
    }

    private void Remember(ReplayEntry entry)
    {
        var second = entry.ExpiresAt.ToUnixTimeSeconds() + 1;
        if (!_bySecond.TryGetValue(second, out var entries))
        {
            _bySecond[second] = entries = new Queue<Remembered>();
            _seconds.Enqueue(entries, second);
        }

        entries.Enqueue(new Remembered(entry.Id, entry.KeyThumbprint));
    }

    /// <summary>Forgets some of what is too old for any server, if there is such.</summary>
    private void Sweep(DateTimeOffset now)
    {
        var swept = 0;
        while (swept < SweptAtOnce && _seconds.TryPeek(out var entries, out var second) && second <= now.ToUnixTimeSeconds())
        {
            for (; swept < SweptAtOnce && entries.TryDequeue(out var entry); swept++)
                Forget(entry);

            if (entries.Count > 0)
                return;

            _seconds.Dequeue();
            _bySecond.Remove(second);
        }
    }

    private void Forget(Remembered entry)
    {
        _seen.Remove(entry.Id);
        var live = _live[entry.KeyThumbprint] - 1;
        if (live == 0)
            _live.Remove(entry.KeyThumbprint);
        else
            _live[entry.KeyThumbprint] = live;
    }

    private TimeSpan UntilRoom(DateTimeOffset now)
    {
        _seconds.TryPeek(out _, out var second);
        var wait = DateTimeOffset.FromUnixTimeSeconds(second) - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1);
    }

    private readonly record struct Remembered(ReplayId Id, string KeyThumbprint);
}
