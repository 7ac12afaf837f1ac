using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// Remembers results for a short while, and a bounded number of them. Two generations: when the young one is full it becomes the
/// old one, and the old one goes, so nothing is ever searched for what could be thrown away.
/// </summary>
/// <param name="time">The clock, of which only the running time is used: setting the clock back lengthens nothing.</param>
/// <param name="capacity">Most results that are remembered.</param>
internal sealed class RecentResults<T>(TimeProvider time, int capacity)
    where T : notnull
{
    private readonly Lock _gate = new();
    private volatile Generations _all = new(0, [], []);

    /// <summary>How many results are remembered, those included whose time is over.</summary>
    public int Count => _all.Young.Count + _all.Old.Count;

    /// <summary>A result of that version, unless its time is over.</summary>
    public bool TryGet(long version, TokenKey key, [MaybeNullWhen(false)] out T value)
    {
        var all = _all;
        if (all.Version == version && (all.Young.TryGetValue(key, out var entry) || all.Old.TryGetValue(key, out entry)) && time.GetTimestamp() < entry.Until)
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Remembers a result. The first one of a newer version makes all others go; one of an older version comes too late.</summary>
    public void Add(long version, TokenKey key, T value, TimeSpan lifetime)
    {
        if (lifetime <= TimeSpan.Zero)
            return;

        lock (_gate)
        {
            if (version < _all.Version)
                return;

            if (version > _all.Version)
                _all = new Generations(version, [], []);
            else if (_all.Young.Count >= Math.Max(1, capacity / 2))
                _all = new Generations(version, [], _all.Young);

            _all.Young[key] = new Entry(value, time.GetTimestamp() + (long)(lifetime.TotalSeconds * time.TimestampFrequency));
        }
    }

    private sealed record Generations(long Version, ConcurrentDictionary<TokenKey, Entry> Young, ConcurrentDictionary<TokenKey, Entry> Old);

    private readonly record struct Entry(T Value, long Until);
}
