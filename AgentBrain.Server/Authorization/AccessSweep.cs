using System.Threading.Channels;
using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Goes through all that is open, every moment and whenever something was revoked: ends responses whose access is over, counts those
/// that became streams, has silent ones beat, and ends the sessions of those who lost the brain. One sweep for all instead of
/// timers for each, so that nothing of a response outlives it.
/// </summary>
internal sealed partial class AccessSweep(
    OpenResponses responses,
    SessionBindings sessions,
    AccessCheck access,
    IRevocations revocations,
    RequestLimits limits,
    TimeProvider time,
    ILogger<AccessSweep> logger) : BackgroundService
{
    /// <summary>Time between two sweeps.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private Task _endingSessions = Task.CompletedTask;

    /// <summary>Goes through everything once.</summary>
    public void Sweep()
    {
        foreach (var response in responses.Open)
        {
            if (EndReason(response) is { } reason)
                response.End(reason);
            else if (response.Body is { } body)
                _ = body.BeatAsync();
        }

        // A session that is slow to end must not hold up the next sweep.
        if (_endingSessions.IsCompleted)
            _endingSessions = sessions.EndWhereAsync(IsWithdrawn);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Both a tick and a revocation ask for one more sweep; however many ask meanwhile, one is enough.
        var asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void OnChanged(object? sender, EventArgs e) => asked.Writer.TryWrite(true);
        revocations.Changed += OnChanged;
        try
        {
            await using var timer = time.CreateTimer(_ => asked.Writer.TryWrite(true), null, Interval, Interval);
            await foreach (var _ in asked.Reader.ReadAllAsync(stoppingToken))
                Sweep();
        }
        finally
        {
            revocations.Changed -= OnChanged;
        }
    }

    private string? EndReason(OpenResponse response)
    {
        try
        {
            // Where the token ends first, the check says so, with its allowance for clocks.
            var now = time.GetUtcNow();
            if (response.EndsAt is { } end && end < response.Access.Caller.ExpiresAt && now >= end)
                return Reasons.StreamLifetime;

            if (access.EndReason(response.Access) is { } reason)
                return reason;

            return now - response.OpenedAt < limits.StreamAfter || responses.TryBecomeStream(response) ? null : Reasons.TooManyStreams;
        }
        catch (Exception exception)
        {
            // What cannot be judged does not stay open.
            LogNotJudged(exception);
            return Reasons.NotEntitled;
        }
    }

    private bool IsWithdrawn(Caller caller, ProtectedResource resource)
    {
        try
        {
            return access.IsWithdrawn(caller, resource);
        }
        catch (Exception exception)
        {
            // Nobody is let into the session meanwhile: each request is judged by itself.
            LogNotJudged(exception);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is open could not be judged; a response is ended for it, a session is not.")]
    private partial void LogNotJudged(Exception exception);
}
