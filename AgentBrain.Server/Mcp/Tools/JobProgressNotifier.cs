using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>Tells a client how far a job is: rising values from 0 to 1, never more often than the interval.</summary>
/// <param name="server">The connection.</param>
/// <param name="token">What the client gave for it; null if it wants none.</param>
/// <param name="interval">Least time between two notifications.</param>
/// <param name="time">The clock.</param>
internal sealed class JobProgressNotifier(McpServer server, ProgressToken? token, TimeSpan interval, TimeProvider time)
{
    private float _last = -1;
    private long _lastSent;

    /// <summary>Sends the job's progress if it is due; the end of a job always is.</summary>
    public async Task ReportAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var progress = Progress(job);
        if (token is not { } wanted || progress <= _last || (_last >= 0 && !job.IsFinal && time.GetElapsedTime(_lastSent) < interval))
        {
            return;
        }

        _last = progress;
        _lastSent = time.GetTimestamp();
        await server.NotifyProgressAsync(
            wanted,
            new ProgressNotificationValue { Progress = progress, Total = 1, Message = Message(job) },
            cancellationToken: cancellationToken);
    }

    private static float Progress(JobRecord job) => job.State == JobState.Completed ? 1
        : job.Total is not > 0 ? 0
        : Math.Min(0.99f, (float)job.Processed / job.Total.Value);

    private static string Message(JobRecord job) => job is { State: JobState.Running, Total: { } total }
        ? $"indexed {job.Processed} of {Counted.Of(total, "file")}"
        : JobView.Message(job);
}
