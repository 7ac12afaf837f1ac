namespace AgentBrain.OAuth;

/// <summary>
/// A token bucket for each key, for a bounded number of keys. The platform's partitioned limiter has neither bound nor clock to
/// inject: a stranger with many addresses would choose our memory's size. Here, when all places are taken by buckets in use,
/// newcomers share one.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="burst">How many at once.</param>
/// <param name="interval">How long until one more.</param>
/// <param name="capacity">Most keys that are remembered.</param>
public sealed class TokenBuckets(TimeProvider time, int burst, TimeSpan interval, int capacity)
{
    private const string Overflow = "*";
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private long _lastSweep = time.GetTimestamp();

    /// <summary>How many keys are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _buckets.Count;
        }
    }

    /// <summary>Takes one token.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">When it fails: how long until there is one.</param>
    public bool TryTake(string key, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var bucket = Find(key, now);
            var tokens = Refilled(bucket, now);
            if (tokens < 1)
            {
                retryAfter = interval * (1 - tokens);
                return false;
            }

            bucket.Tokens = tokens - 1;
            bucket.Stamp = now;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Is there a token? None is taken.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">When not: how long until there is one.</param>
    public bool HasToken(string key, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var known = _buckets.GetValueOrDefault(key) ?? (_buckets.Count >= capacity ? _buckets.GetValueOrDefault(Overflow) : null);
            var tokens = known is null ? burst : Refilled(known, now);
            retryAfter = tokens < 1 ? interval * (1 - tokens) : TimeSpan.Zero;
            return tokens >= 1;
        }
    }

    private Bucket Find(string key, long now)
    {
        if (_buckets.TryGetValue(key, out var bucket))
            return bucket;

        if (_buckets.Count >= capacity && time.GetElapsedTime(_lastSweep, now) >= SweepInterval)
            Sweep(now);

        if (_buckets.Count >= capacity)
            key = Overflow;

        if (!_buckets.TryGetValue(key, out bucket))
            _buckets[key] = bucket = new Bucket { Tokens = burst, Stamp = now };

        return bucket;
    }

    /// <summary>Forgets full buckets, which say nothing that a new one would not.</summary>
    private void Sweep(long now)
    {
        _lastSweep = now;
        foreach (var key in _buckets.Where(pair => Refilled(pair.Value, now) >= burst).Select(pair => pair.Key).ToList())
            _buckets.Remove(key);
    }

    private double Refilled(Bucket bucket, long now) => Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.Stamp, now) / interval));

    private sealed class Bucket
    {
        public required double Tokens { get; set; }

        public required long Stamp { get; set; }
    }
}
