using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>
/// <c>wait_for_job</c>. Whoever leaves (cancels, disconnects) ends this wait alone: jobs are ended by <c>cancel_job</c>, which needs
/// another right.
/// </summary>
internal sealed class WaitForJobTool(ToolEnvironment environment, TimeProvider time) : BrainTool<WaitForJobArguments, WaitForJobResult>(Definition, environment)
{
    /// <summary>A response that is open for long outlives tokens and holds a connection.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly ToolDefinition Definition = new(
        "wait_for_job",
        "Wait for a job",
        "Waits until an indexing job has ended and says how it ended. Take it after index_folder, add_documents or inject_documents, before searching. Sends progress if the client asked for it. After timeout_seconds (at most 600) the answer has status=timeout and final=false: the job goes on, call again. Leaving the call does not cancel the job.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override async ValueTask<ToolAnswer<WaitForJobResult>> AnswerAsync(ToolCall<WaitForJobArguments> call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var brain = call.Caller.Brain;
        var started = time.GetTimestamp();
        var access = call.Caller.Access;
        var limit = Limit(arguments, access);
        var interval = TimeSpan.FromSeconds(arguments.PollIntervalSeconds);
        var progress = new JobProgressNotifier(call.Server, call.ProgressToken, interval, time);
        while (true)
        {
            // Taken before the job is read: a change in between completes it, so nothing is missed.
            var changed = brain.Changes.Next();
            var job = brain.Jobs.Find(arguments.JobId) ?? throw JobQueue.NotFound(arguments.JobId);
            await progress.ReportAsync(job, cancellationToken);
            var elapsed = time.GetElapsedTime(started);
            if (job.IsFinal || elapsed >= limit || access.Ended.IsCancellationRequested)
            {
                var result = WaitForJobResult.From(job, elapsed);
                return new ToolAnswer<WaitForJobResult>(result, $"{result.JobId}: {result.Status}. {result.Message}");
            }

            await WaitAsync(changed, interval < limit - elapsed ? interval : limit - elapsed, access.Ended, cancellationToken);
        }
    }

    /// <summary>
    /// A wait never outlives the access it was called with: its answer would be cut off, and a client told so knows less than one that
    /// is told to call again, which then does so with fresh credentials.
    /// </summary>
    private TimeSpan Limit(WaitForJobArguments arguments, ICallAccess access)
    {
        var limit = arguments.TimeoutSeconds is { } seconds && seconds < LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestWait;
        var left = access.EndsAt - time.GetUtcNow() ?? LongestWait;
        return left < limit ? left : limit;
    }

    /// <summary>Until something changed, or for so long: a running job's progress is not always announced.</summary>
    private async Task WaitAsync(Task changed, TimeSpan longest, CancellationToken ended, CancellationToken cancellationToken)
    {
        using var delay = CancellationTokenSource.CreateLinkedTokenSource(ended, cancellationToken);
        await Task.WhenAny(changed, Task.Delay(longest, time, delay.Token));
        await delay.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
