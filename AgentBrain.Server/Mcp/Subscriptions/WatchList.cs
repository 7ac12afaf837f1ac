using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>The resources of one stream. Safe for several threads: a session adds and removes while its pump looks.</summary>
/// <param name="mostUris">Most resources in it.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchList(int mostUris, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WatchedResource> _watched = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>Adds a resource; false if the list is closed.</summary>
    /// <exception cref="BrainException">It is watched already, or the stream is full.</exception>
    public bool TryAdd(SubscribableResource resource)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (_watched.ContainsKey(resource.Uri.Canonical))
            {
                throw SubscriptionRefusals.Duplicate();
            }

            if (_watched.Count >= mostUris)
            {
                throw SubscriptionRefusals.TooMany($"{mostUris} resources a stream");
            }

            _watched.Add(resource.Uri.Canonical, new WatchedResource(resource, time));
            return true;
        }
    }

    /// <summary>Takes a resource out; nothing if it is not in.</summary>
    public void Remove(string canonicalUri)
    {
        lock (_lock)
        {
            _watched.Remove(canonicalUri);
        }
    }

    /// <summary>Notes that each may have changed.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            foreach (var watched in _watched.Values)
            {
                watched.MayHaveChanged = true;
            }
        }
    }

    /// <summary>Those that may have changed and may be looked at now.</summary>
    public List<WatchedResource> Due()
    {
        lock (_lock)
        {
            return [.. _watched.Values.Where(watched => watched.Wait == TimeSpan.Zero)];
        }
    }

    /// <summary>How long until one is due, null for until something changes; and whether a change would make a difference to any.</summary>
    public (TimeSpan? Wait, bool Idle) Next()
    {
        lock (_lock)
        {
            return (_watched.Values.Min(watched => watched.Wait), _watched.Values.Any(watched => !watched.MayHaveChanged));
        }
    }

    /// <summary>True while a resource is in, as the same subscription.</summary>
    public bool Contains(WatchedResource watched)
    {
        lock (_lock)
        {
            return _watched.TryGetValue(watched.Resource.Uri.Canonical, out var current) && ReferenceEquals(current, watched);
        }
    }

    /// <summary>Closes the list if nothing is in; says whether it is closed.</summary>
    public bool CloseIfEmpty()
    {
        lock (_lock)
        {
            return _closed |= _watched.Count == 0;
        }
    }

    /// <summary>Closes the list: nothing can be added any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }
}
