using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AgentBrain.OAuth.Revocation;

/// <summary>
/// Revocations that several servers share: a sorted set of digests, scored by when each was revoked. Requests are judged by a copy in
/// memory, which is read anew every moment. When Redis is gone the copy is good for a while, and then for nothing. What was read once
/// is kept until its end, and put back should Redis come back empty.
/// </summary>
/// <remarks>
/// An empty set says nothing of whether it was lost. So there is a marker that never expires: from when on the set is whole. A process that
/// has read it puts it back, with the entries. One that finds no marker and knows of none sets it to now, and then all refuse tokens that
/// were issued before: whether they were revoked cannot be known any more, and clients get new ones from the issuer, which knows.
/// </remarks>
/// <param name="redis">The connection.</param>
/// <param name="copy">The copy.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class RedisRevocations(RedisConnection redis, Revocations copy, TimeProvider time, ILogger<RedisRevocations> logger) : IRevocations
{
    /// <summary>The key of the sorted set.</summary>
    public const string Key = "agent-brain:revoked";

    /// <summary>The key of the marker: from when on the set is whole, in milliseconds of Redis's clock.</summary>
    public const string SinceKey = "agent-brain:revoked:since";

    /// <summary>Time between two reads. With the time until open responses are looked at, and that which they have to end, this stays within five seconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>How long the copy is good without a read.</summary>
    public static readonly TimeSpan Good = TimeSpan.FromSeconds(30);

    private long _readAt = -1;

    /// <inheritdoc/>
    public event EventHandler? Changed
    {
        add => copy.Changed += value;
        remove => copy.Changed -= value;
    }

    /// <inheritdoc/>
    public bool IsRevoked(AccessToken token)
    {
        var readAt = Interlocked.Read(ref _readAt);
        return readAt >= 0 && time.GetElapsedTime(readAt) <= Good ? copy.IsRevoked(token) : throw new RevocationsUnavailableException();
    }

    /// <summary>Revokes for all servers.</summary>
    /// <param name="target">What.</param>
    /// <param name="revokedAt">What was issued until then. By Redis's clock (<see cref="RedisConnection.TimeAsync"/>), on which all agree.</param>
    /// <exception cref="RedisException">It is not sure that the others will know. Here it is revoked all the same.</exception>
    /// <exception cref="TimeoutException">The same.</exception>
    /// <exception cref="InvalidOperationException">There is no room.</exception>
    public async Task RevokeAsync(RevocationTarget target, DateTimeOffset revokedAt)
    {
        var entry = KeyValuePair.Create(target.Digest, revokedAt);
        copy.Add([entry]);
        await WriteAsync([entry], CancellationToken.None);
    }

    /// <summary>Reads all revocations.</summary>
    /// <exception cref="RedisException">Redis did not answer.</exception>
    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var oldest = Score(time.GetUtcNow() - Revocations.Kept);
        var found = await redis.AskAsync(database => database.SortedSetRangeByScoreWithScoresAsync(Key, start: oldest, take: copy.Capacity + 1, flags: CommandFlags.DemandMaster), cancellationToken);

        // More than fit: the copy throws, the read does not count, and soon nothing is let in. To leave some out would let the wrong ones in.
        copy.Add([.. found.Select(entry => KeyValuePair.Create(entry.Element.ToString(), DateTimeOffset.FromUnixTimeMilliseconds((long)entry.Score)))]);

        // After the entries, and put back after them: where the marker is found, the entries were there.
        var since = await redis.AskAsync(database => database.StringGetAsync(SinceKey, CommandFlags.DemandMaster), cancellationToken);
        var held = found.Select(entry => entry.Element.ToString()).ToHashSet(StringComparer.Ordinal);
        var lost = copy.Entries.Where(entry => !held.Contains(entry.Key)).ToList();
        if (lost.Count > 0)
        {
            LogLost(lost.Count);
            await WriteAsync(lost, cancellationToken);
        }

        if (since.IsNull)
            since = await MarkAsync(cancellationToken);

        copy.Since = ReadMarker(since);
        Interlocked.Exchange(ref _readAt, startedAt);
    }

    /// <summary>Sets the marker that is missing: to what is known here, or else to now. Whoever is first decides.</summary>
    /// <returns>What it is then.</returns>
    private async Task<RedisValue> MarkAsync(CancellationToken cancellationToken)
    {
        if (copy.Since is null)
            LogNothingKnown();

        var since = (copy.Since ?? await redis.TimeAsync(cancellationToken)).ToUnixTimeMilliseconds();
        await redis.AskAsync(database => database.StringSetAsync(SinceKey, since, when: When.NotExists), cancellationToken);
        return await redis.AskAsync(database => database.StringGetAsync(SinceKey, CommandFlags.DemandMaster), cancellationToken);
    }

    private static DateTimeOffset ReadMarker(RedisValue since) => since.TryParse(out long milliseconds) && milliseconds is >= 0 and < 253402300800000
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : throw new FormatException($"Redis holds something else than a time under {SinceKey}.");

    /// <summary>Keeps the copy fresh until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ReadAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotRead(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task WriteAsync(IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> entries, CancellationToken cancellationToken)
    {
        var oldest = Score(await redis.TimeAsync(cancellationToken) - Revocations.Kept);
        await redis.AskAsync(database => database.SortedSetAddAsync(Key, [.. entries.Select(entry => new SortedSetEntry(entry.Key, Score(entry.Value)))], SortedSetWhen.GreaterThan), cancellationToken);
        await redis.AskAsync(database => database.SortedSetRemoveRangeByScoreAsync(Key, double.NegativeInfinity, oldest), cancellationToken);
        await redis.AskAsync(database => database.KeyExpireAsync(Key, Revocations.Kept), cancellationToken);
    }

    private static double Score(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Error, Message = "Revocations could not be read from Redis. What is known is used for a while; then calls are refused.")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not say since when it holds revocations, and neither is it known here. Tokens that were issued before now are refused.")]
    private partial void LogNothingKnown();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis had lost {Count} revocations; they are written again.")]
    private partial void LogLost(int count);
}
