using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>Step 4, first half: so many requests a second of one principal, from wherever they come. The local owner is not counted.</summary>
internal sealed class PrincipalRateLimit(RequestDelegate next, RequestLimits limits, Refuser refuser, TimeProvider time)
{
    private const int MaxPrincipals = 16_384;

    private readonly TokenBuckets? _buckets = limits.RatePerPrincipal == 0
        ? null
        : new TokenBuckets(time, limits.RatePerPrincipal * 2, TimeSpan.FromSeconds(1) / limits.RatePerPrincipal, MaxPrincipals);

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (_buckets is null || CallerIdentity.Of(context.User)?.Caller is not { IsLocal: false } caller || _buckets.TryTake($"{caller.Issuer}\n{caller.Subject}", out var retryAfter))
            return next(context);

        return refuser.RefuseAsync(
            context,
            new Refusal(StatusCodes.Status429TooManyRequests, Reasons.PrincipalRate, "Too many requests of this principal.") { RetryAfter = retryAfter });
    }
}
