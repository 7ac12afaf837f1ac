using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Looks after clients now and then: forgets those that nobody agreed to within a day, and keeps the keys of others fresh.</summary>
internal sealed partial class ClientUpkeep(AuthorityStore store, ClientKeyRefresh keys, TimeProvider time, ILogger<ClientUpkeep> logger) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await store.WriteAsync(context => ClientCapacity.PruneAsync(context, time.GetUtcNow()), stoppingToken);
                await keys.RefreshAsync(stoppingToken);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                LogFailed(failed);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients were not looked after; it is tried again")]
    private partial void LogFailed(Exception exception);
}
