using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Hosting;

/// <summary>Shows the running job as one live line while a person watches the terminal; writes nothing where the output goes to a file or a program.</summary>
/// <param name="catalog">The brains.</param>
/// <param name="terminal">The terminal, if there is one.</param>
/// <param name="time">The clock.</param>
internal sealed class JobConsole(BrainCatalog catalog, ITerminal terminal, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(200);

    /// <summary>A job that is done before anybody could read the line is told by its last line alone.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        terminal.IsWatched ? Task.WhenAll(catalog.Open.Select(brain => WatchAsync(brain, stoppingToken))) : Task.CompletedTask;

    private async Task WatchAsync(OpenBrain brain, CancellationToken stopping)
    {
        string? watched = null;
        try
        {
            while (true)
            {
                var next = brain.Changes.Next();
                watched ??= brain.Jobs.Running?.Id;
                if (watched is not null && Show(brain.Jobs.Find(watched)))
                {
                    watched = null;
                    continue;
                }

                await next.WaitAsync(stopping);
                if (watched is not null)
                {
                    await Task.Delay(Spacing, time, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops; the line stays as it is.
        }
        catch (BrainException)
        {
            // The storage failed, which the job's own log line says; a display is not worth more than that.
            terminal.EndLine();
        }
    }

    /// <summary>Writes the job's line; true if it was the last of it.</summary>
    private bool Show(JobRecord? job)
    {
        if (job is null)
        {
            return true;
        }

        var elapsed = (job.FinishedAt ?? time.GetUtcNow()) - (job.StartedAt ?? job.CreatedAt);
        if (job.IsFinal || elapsed > Unnoticed)
        {
            terminal.WriteLine(ProgressLine.Of(job, elapsed, terminal.Width));
        }

        if (job.IsFinal)
        {
            terminal.EndLine();
        }

        return job.IsFinal || job.State == JobState.Pending;
    }
}
