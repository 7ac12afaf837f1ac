using AgentBrain.OAuth.Replay;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>
/// Not ready while Redis does not answer, forgets by itself, or has another time: calls with proofs would be refused, or worse. Anybody
/// may ask, so it is found out once a second at most, and told when it changes.
/// </summary>
internal sealed partial class ReplayHealth(RedisConnection redis, TimeProvider time, ILogger<ReplayHealth> logger) : IHealthCheck
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<RedisHealth>? _asked;
    private long _askedAt;
    private string? _told;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = await Ask().WaitAsync(cancellationToken);
        Tell(health.Problem);
        return health.IsHealthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }

    private Task<RedisHealth> Ask()
    {
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && time.GetElapsedTime(_askedAt) >= Good))
            {
                _askedAt = time.GetTimestamp();
                _asked = RedisHealth.AskAsync(redis, time, CancellationToken.None);
            }

            return _asked;
        }
    }

    private void Tell(string? problem)
    {
        lock (_gate)
        {
            if (problem == _told)
                return;

            _told = problem;
        }

        if (problem is null)
            LogWell(redis.Description);
        else
            LogProblem(problem);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis at {Redis} is well again.")]
    private partial void LogWell(string redis);
}
