using AgentBrain.Server.Brains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentBrain.Server.Hosting;

/// <summary>Not ready while a brain's database cannot be opened. The reason is in the log and in <c>server_health</c>, not in the answer.</summary>
/// <param name="catalog">The brains of this server.</param>
internal sealed class BrainHealth(BrainCatalog catalog) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalog.Failures.IsEmpty ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
