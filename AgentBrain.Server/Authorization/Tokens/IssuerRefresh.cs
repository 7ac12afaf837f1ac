using AgentBrain.OAuth.Issuers;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Fetches the keys of all issuers at the start, so that the first caller does not wait for them, and again before they are old.</summary>
internal sealed class IssuerRefresh(TrustedIssuers issuers, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            // A failure was logged where it happened, and is tried again: by the next request, and here.
            await Task.WhenAll(issuers.All.Select(issuer => issuer.Keys).OfType<IssuerKeys>().Select(keys => keys.RefreshAsync(stoppingToken)));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
