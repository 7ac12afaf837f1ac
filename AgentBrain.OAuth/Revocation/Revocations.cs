using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Revocation;

/// <summary>
/// Revocations in memory. An entry is kept until the last token that it could concern has ended. A store that is written elsewhere is
/// loaded into it by <see cref="Revoke(RevocationTarget, DateTimeOffset)"/> before the first request.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class Revocations(TimeProvider time) : IRevocations
{
    /// <summary>
    /// The longest life that a setting may allow to a token. It is one for all who share revocations, since whoever reckoned with less
    /// would drop what others still need.
    /// </summary>
    public static readonly TimeSpan LongestTokenLife = TimeSpan.FromDays(1);

    /// <summary>How far an issuer's clock may be ahead of ours: a token that says it was issued that much after a revocation may be older.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>For how long an entry matters.</summary>
    public static readonly TimeSpan Kept = LongestTokenLife + (2 * ClockSkew);

    /// <summary>Most entries.</summary>
    public int Capacity { get; init; } = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;
    private DateTimeOffset? _refusedBefore;

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <summary>The digests and when each was revoked.</summary>
    internal KeyValuePair<string, DateTimeOffset>[] Entries
    {
        get
        {
            lock (_gate)
                return [.. _revoked.Where(entry => !IsOver(entry.Value))];
        }
    }

    /// <summary>Revokes as of now.</summary>
    /// <exception cref="InvalidOperationException">There is no room. Nothing is forgotten to make some, since that would give back what was taken.</exception>
    public void Revoke(RevocationTarget target) => Revoke(target, time.GetUtcNow());

    /// <summary>Revokes as of a time; a later revocation of the same replaces an earlier one, and never the other way round.</summary>
    /// <inheritdoc cref="Revoke(RevocationTarget)"/>
    public void Revoke(RevocationTarget target, DateTimeOffset revokedAt) => Add([new(target.Digest, revokedAt)]);

    /// <inheritdoc/>
    public bool IsRevoked(AccessToken token)
    {
        lock (_gate)
        {
            if (token.IssuedAt < _since || token.IssuedAt < _refusedBefore)
                return true;

            if (_revoked.Count == 0)
                return false;

            foreach (var target in RevocationTarget.Of(token))
            {
                if (_revoked.TryGetValue(target.Digest, out var revokedAt) && (target.IsForGood || token.IssuedAt <= revokedAt + ClockSkew))
                    return true;
            }

            return false;
        }
    }

    /// <summary>From when on all revocations are known, <c>null</c> while that is not known. What was issued before is refused.</summary>
    internal DateTimeOffset? Since
    {
        get
        {
            lock (_gate)
                return _since;
        }
        set
        {
            bool isLater;
            lock (_gate)
            {
                isLater = value > _since; // Before it was known first, nothing was let in.
                _since = value;
            }

            if (isLater)
                Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>
    /// Refuses every token that was issued before a moment: what is left to whoever must revoke something for which there is no room.
    /// </summary>
    public void RefuseIssuedBefore(DateTimeOffset moment)
    {
        lock (_gate)
        {
            if (moment <= _refusedBefore)
                return;

            _refusedBefore = moment;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Adds entries and says so once.</summary>
    internal void Add(IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> entries)
    {
        var isChanged = false;
        lock (_gate)
        {
            foreach (var (digest, revokedAt) in entries)
            {
                if (IsOver(revokedAt) || (_revoked.TryGetValue(digest, out var known) && known >= revokedAt))
                    continue;

                MakeRoomFor(digest);
                _revoked[digest] = revokedAt;
                isChanged = true;
            }
        }

        if (isChanged)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    private void MakeRoomFor(string digest)
    {
        if (_revoked.Count < Capacity || _revoked.ContainsKey(digest))
            return;

        foreach (var over in _revoked.Where(entry => IsOver(entry.Value)).Select(entry => entry.Key).ToList())
            _revoked.Remove(over);

        if (_revoked.Count >= Capacity)
            throw new InvalidOperationException("There are too many revocations to remember one more.");
    }

    private bool IsOver(DateTimeOffset revokedAt) => time.GetUtcNow() > revokedAt + Kept;
}
