using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Which session belongs to whom. A principal's seventeenth session ends its longest idle one, since many clients never say that
/// they are done; only when all are at work is a new one refused. A session without a binding is unknown, so ending the binding
/// ends the session for its user; the SDK's half is ended with it, since it keeps what the client said of itself.
/// </summary>
internal sealed class SessionBindings(RequestLimits limits, ISessionEnd end, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), int> _reserved = [];

    /// <summary>How many sessions are bound now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _sessions.Count;
        }
    }

    /// <summary>Keeps a place for a session that is about to be opened. Each success is followed by one <see cref="Bind"/> or <see cref="Release"/>.</summary>
    /// <returns>False when all places are in use. The sessions that made room have ended by then, so that no more are ever kept than counted.</returns>
    public async Task<bool> TryReserveAsync(SessionOwner owner)
    {
        var removed = new List<(string Id, SessionOwner Owner)>();
        bool reserved;
        lock (_gate)
            reserved = TryReserve(owner, removed);

        await Task.WhenAll(removed.Select(session => end.EndAsync(session.Id, session.Owner)));
        return reserved;
    }

    /// <summary>Gives a reserved place back: no session was opened.</summary>
    public void Release(SessionOwner owner)
    {
        lock (_gate)
            Unreserve(owner);
    }

    /// <summary>Binds a session that the SDK opened in a reserved place, and enters it for the request that opened it; <see cref="Leave"/> follows.</summary>
    public void Bind(string sessionId, SessionOwner owner)
    {
        lock (_gate)
        {
            Unreserve(owner);
            _sessions[sessionId] = new Entry(owner) { Active = 1, LastUsed = time.GetTimestamp() };
        }
    }

    /// <summary>Enters a session for the time of one request.</summary>
    /// <param name="sessionId">The session that the request names.</param>
    /// <param name="owner">Whose request it is.</param>
    /// <param name="known">Whether there is such a session at all; for the log only, the two answers are the same.</param>
    /// <returns>True when the session is the owner's; then <see cref="Leave"/> follows.</returns>
    public bool TryEnter(string sessionId, SessionOwner owner, out bool known)
    {
        lock (_gate)
        {
            known = _sessions.TryGetValue(sessionId, out var entry) && !IsExpired(entry);
            if (!known || entry!.Owner != owner)
                return false;

            entry.Active++;
            return true;
        }
    }

    /// <summary>Ends one request's use of a session.</summary>
    public void Leave(string sessionId)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionId, out var entry))
                return;

            entry.Active--;
            entry.LastUsed = time.GetTimestamp();
        }
    }

    /// <summary>Forgets a session and ends what is left of it.</summary>
    public Task RemoveAsync(string sessionId)
    {
        Entry? entry;
        lock (_gate)
            _sessions.Remove(sessionId, out entry);

        return entry is null ? Task.CompletedTask : end.EndAsync(sessionId, entry.Owner);
    }

    /// <summary>Notes with which credentials a session was used last; by them it is judged whether it may stay.</summary>
    public void Used(string sessionId, Caller caller, ProtectedResource resource)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(sessionId, out var entry))
                entry.Last = (caller, resource);
        }
    }

    /// <summary>Ends the sessions whose owner may not have them any more. One that is at work is left until its responses have ended.</summary>
    public async Task EndWhereAsync(Func<Caller, ProtectedResource, bool> isOver)
    {
        KeyValuePair<string, Entry>[] idle;
        lock (_gate)
            idle = [.. _sessions.Where(pair => pair.Value is { Active: 0, Last: not null })];

        foreach (var (id, entry) in idle)
        {
            if (entry.Last is { } last && isOver(last.Caller, last.Resource) && TryTake(id, entry))
                await end.EndAsync(id, entry.Owner);
        }
    }

    /// <summary>Ends a session that the SDK opened in a place that was given back.</summary>
    public Task AbandonAsync(string sessionId, SessionOwner owner) => end.EndAsync(sessionId, owner);

    /// <summary>Takes out a session, unless it was put to use meanwhile.</summary>
    private bool TryTake(string sessionId, Entry entry)
    {
        lock (_gate)
            return entry.Active == 0 && _sessions.TryGetValue(sessionId, out var current) && ReferenceEquals(current, entry) && _sessions.Remove(sessionId);
    }

    private bool TryReserve(SessionOwner owner, List<(string Id, SessionOwner Owner)> removed)
    {
        RemoveExpired(removed);
        var held = _reserved.GetValueOrDefault(owner.Principal);
        var own = _sessions.Values.Count(entry => entry.Owner.Principal == owner.Principal);
        if (own + held >= limits.SessionsPerPrincipal && !EvictIdle(entry => entry.Owner.Principal == owner.Principal, removed))
            return false;

        if (_sessions.Count + _reserved.Values.Sum() >= limits.MaxSessions && !EvictIdle(_ => true, removed))
            return false;

        _reserved[owner.Principal] = held + 1;
        return true;
    }

    private bool IsExpired(Entry entry) => entry.Active == 0 && time.GetElapsedTime(entry.LastUsed) > limits.SessionIdle;

    private void RemoveExpired(List<(string Id, SessionOwner Owner)> removed)
    {
        foreach (var (id, entry) in _sessions.Where(pair => IsExpired(pair.Value)).ToList())
        {
            _sessions.Remove(id);
            removed.Add((id, entry.Owner));
        }
    }

    private bool EvictIdle(Func<Entry, bool> among, List<(string Id, SessionOwner Owner)> removed)
    {
        var idle = _sessions.Where(pair => pair.Value.Active == 0 && among(pair.Value)).ToList();
        if (idle.Count == 0)
            return false;

        var (id, entry) = idle.MinBy(pair => pair.Value.LastUsed);
        _sessions.Remove(id);
        removed.Add((id, entry.Owner));
        return true;
    }

    private void Unreserve(SessionOwner owner)
    {
        var held = _reserved.GetValueOrDefault(owner.Principal);
        if (held <= 1)
            _reserved.Remove(owner.Principal);
        else
            _reserved[owner.Principal] = held - 1;
    }

    private sealed class Entry(SessionOwner owner)
    {
        public SessionOwner Owner { get; } = owner;

        public int Active { get; set; }

        public required long LastUsed { get; set; }

        public (Caller Caller, ProtectedResource Resource)? Last { get; set; }
    }
}
