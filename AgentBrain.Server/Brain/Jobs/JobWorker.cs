using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Server.Brains.Jobs;

/// <summary>Works through the queue, one job at a time.</summary>
/// <param name="queue">The queue.</param>
/// <param name="indexer">Does a folder.</param>
/// <param name="roots">Opens a root by its label.</param>
/// <param name="changes">Woken on progress.</param>
/// <param name="environment">Clock, telemetry, and the log for what the caller is not told.</param>
internal sealed partial class JobWorker(
    JobQueue queue,
    FolderIndexer indexer,
    Func<string, RootHandle> roots,
    BrainChanges changes,
    BrainEnvironment environment)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = environment.Time;
    private readonly ILogger _logger = environment.Logger;

    /// <summary>Runs until stopped. A job in hand is then put back to go on at the next start.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await queue.WaitForWorkAsync(stopping);
                while (!stopping.IsCancellationRequested && queue.TakeNext() is { } job)
                {
                    await RunJobAsync(job, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (BrainException e)
            {
                // The storage failed between jobs. The queue is on it, so there is nothing to do but to try again.
                LogQueueFailed(e);
                await DelayAsync(stopping);
                queue.Wake();
            }
        }
    }

    private async Task RunJobAsync(RunningJob running, CancellationToken stopping)
    {
        var job = running.Record;
        LogStarted(job.Id, job.Attempts);
        using var span = environment.Telemetry.StartJob(job);
        var started = _time.GetTimestamp();
        var progress = new JobProgress(running, changes, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, running.Cancelled, running.TimedOut);
        JobRecord final;
        try
        {
            foreach (var target in job.Request.Targets)
            {
                using var root = roots(target.Folder.Root);
                await indexer.IndexAsync(root, target, job, progress, stop.Token);
            }

            final = progress.Snapshot() with { State = JobState.Completed, Message = progress.Summary() };
        }
        catch (OperationCanceledException) when (running.Cancelled.IsCancellationRequested)
        {
            final = progress.Snapshot() with { State = JobState.Cancelled, Message = "Cancelled; files that were finished are kept." };
        }
        catch (OperationCanceledException) when (running.TimedOut.IsCancellationRequested)
        {
            final = Failed(progress, "timeout", "The job ran longer than it may: ask for it again to go on where it stopped, or index smaller folders.");
        }
        catch (OperationCanceledException)
        {
            queue.PutBack(running, progress.Snapshot());
            return;
        }
        catch (BrainException e)
        {
            LogRefused(job.Id, e.Reason, e);
            final = Failed(progress, e.Reason, e.Message);
        }
        catch (FileRefusedException e)
        {
            LogRefused(job.Id, "root_not_readable", e);
            final = Failed(progress, "root_not_readable", "The root of the folder cannot be opened: check that its directory exists and that the server may read it.");
        }
        catch (Exception e)
        {
            // One job's defect must not end the worker and with it all jobs to come.
            LogFailed(job.Id, e);
            final = Failed(progress, "internal_error", $"The job failed by a defect of the server; its log has the details under {job.Id}.");
        }

        LogFinished(job.Id, final.State, final.Message);
        environment.Telemetry.JobEnded(span, final, _time.GetElapsedTime(started));
        queue.Finish(running, final with { FinishedAt = _time.GetUtcNow() });
    }

    private static JobRecord Failed(JobProgress progress, string reason, string message) =>
        progress.Snapshot() with { State = JobState.Failed, Reason = reason, Message = message };

    private async Task DelayAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(RetryDelay, _time, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop ends by itself.
        }
    }

    [LoggerMessage(LogLevel.Information, "Job {JobId} started (attempt {Attempt})")]
    private partial void LogStarted(string jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Job {JobId} ended as {State}: {Message}")]
    private partial void LogFinished(string jobId, JobState state, string? message);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} stopped: {Reason}")]
    private partial void LogRefused(string jobId, string reason, Exception exception);

    [LoggerMessage(LogLevel.Error, "Job {JobId} failed")]
    private partial void LogFailed(string jobId, Exception exception);

    [LoggerMessage(LogLevel.Error, "The job queue cannot be read or written; trying again shortly")]
    private partial void LogQueueFailed(Exception exception);
}
