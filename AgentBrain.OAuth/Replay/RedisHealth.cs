using System.Globalization;
using StackExchange.Redis;

namespace AgentBrain.OAuth.Replay;

/// <summary>Whether decisions may rest on a Redis: it answers, its clock agrees with ours, and it does not forget on its own.</summary>
/// <param name="Latency">How long an answer took; <c>null</c> when none came.</param>
/// <param name="ClockDifference">Redis's clock less ours, within half of <paramref name="Latency"/>.</param>
/// <param name="EvictionPolicy">Its <c>maxmemory-policy</c>; <c>null</c> when it does not tell us.</param>
/// <param name="Problem">Why not, in a sentence; <c>null</c> when it is well.</param>
public sealed record RedisHealth(TimeSpan? Latency, TimeSpan? ClockDifference, string? EvictionPolicy, string? Problem)
{
    /// <summary>A clock that differs by more is a problem.</summary>
    public static readonly TimeSpan MaxClockDifference = TimeSpan.FromSeconds(15);

    /// <summary>May decisions rest on it?</summary>
    public bool IsHealthy => Problem is null;

    /// <summary>Asks. Bounded in time; does not throw when Redis is away.</summary>
    public static async Task<RedisHealth> AskAsync(RedisConnection redis, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            var start = time.GetTimestamp();
            var theirs = await redis.TimeAsync(cancellationToken);
            var latency = time.GetElapsedTime(start);
            var difference = theirs - (time.GetUtcNow() - (latency / 2));
            var policy = await ReadPolicyAsync(redis, cancellationToken);
            return new RedisHealth(latency, difference, policy, Judge(redis, difference, policy));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or FormatException or InvalidCastException)
        {
            return new RedisHealth(null, null, null, $"Redis at {redis.Description} gives no answer ({exception.GetType().Name}).");
        }
    }

    private static string? Judge(RedisConnection redis, TimeSpan difference, string? policy)
    {
        if (difference.Duration() > MaxClockDifference)
            return string.Create(CultureInfo.InvariantCulture, $"The clock of Redis at {redis.Description} differs from ours by {difference.TotalSeconds:F1} s.");

        if (policy is null)
            return $"Whether Redis at {redis.Description} forgets by itself cannot be read; allow INFO to the account, without which proofs are refused as well.";

        return policy is "noeviction"
            ? null
            : $"Redis at {redis.Description} forgets what it should remember: its maxmemory-policy is {policy} and must be noeviction.";
    }

    /// <summary>From <c>INFO</c>, which accounts may use that may not use <c>CONFIG</c>. A Redis without <c>maxmemory</c> evicts nothing.</summary>
    private static async Task<string?> ReadPolicyAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        try
        {
            var info = (string?)await redis.AskAsync(database => database.ExecuteAsync("INFO", "memory"), cancellationToken) ?? "";
            var fields = info.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            return fields.GetValueOrDefault("maxmemory") == "0" ? "noeviction" : fields.GetValueOrDefault("maxmemory_policy");
        }
        catch (RedisServerException)
        {
            return null; // Not allowed to this account.
        }
    }
}
