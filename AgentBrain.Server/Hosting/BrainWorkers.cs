using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Hosting;

/// <summary>Runs the queue of every brain for as long as the server runs, and says at the start which brains could not be opened.</summary>
/// <param name="catalog">The brains of this server.</param>
/// <param name="logger">The server's log.</param>
internal sealed partial class BrainWorkers(BrainCatalog catalog, ILogger<BrainWorkers> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var failure in catalog.Failures)
        {
            LogNotOpened(failure.Reason, failure.Message);
        }

        return Task.WhenAll(catalog.Open.Select(brain => brain.RunJobsAsync(stoppingToken)));
    }

    [LoggerMessage(LogLevel.Critical, "A brain could not be opened ({Reason}): {Message}")]
    private partial void LogNotOpened(string reason, string message);
}
