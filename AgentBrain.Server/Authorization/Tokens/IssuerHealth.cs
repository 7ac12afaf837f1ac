using AgentBrain.OAuth.Issuers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Not ready until the keys of every issuer are there: until then its callers would be answered 503.</summary>
internal sealed class IssuerHealth(TrustedIssuers issuers) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach (var keys in issuers.All.Select(issuer => issuer.Keys).OfType<IssuerKeys>())
        {
            if (!await keys.WarmAsync(cancellationToken))
                return HealthCheckResult.Unhealthy();
        }

        return HealthCheckResult.Healthy();
    }
}
