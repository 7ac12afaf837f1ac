using AgentBrain.OAuth.Revocation;

namespace AgentBrain.Server.Authorization;

/// <summary>Keeps the copy of shared revocations fresh for as long as the server runs.</summary>
internal sealed class RevocationReader(RedisRevocations revocations) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => revocations.RunAsync(stoppingToken);
}
