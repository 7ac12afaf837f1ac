using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>How many requests a second each principal may make, from wherever they come.</summary>
internal sealed class PrincipalRates(RequestLimits limits, TimeProvider time)
{
    private const int MaxPrincipals = 16_384;

    private readonly TokenBuckets? _buckets = limits.RatePerPrincipal == 0
        ? null
        : new TokenBuckets(time, limits.RatePerPrincipal * 2, TimeSpan.FromSeconds(1) / limits.RatePerPrincipal, MaxPrincipals);

    /// <summary>Counts a request of a principal, once.</summary>
    /// <param name="context">The request; it remembers that it was counted.</param>
    /// <param name="issuer">Who vouches for the subject.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="retryAfter">When it is one too many: how long until there is room.</param>
    public bool TryCount(HttpContext context, string issuer, string subject, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (_buckets is null || context.Features.Get<Counted>() is not null)
            return true;

        context.Features.Set(new Counted());
        return _buckets.TryTake($"{issuer}\n{subject}", out retryAfter);
    }

    private sealed record Counted;
}
