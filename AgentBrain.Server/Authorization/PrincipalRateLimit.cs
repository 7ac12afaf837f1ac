namespace AgentBrain.Server.Authorization;

/// <summary>Step 4, first half: so many requests a second of one principal. The local owner is not counted.</summary>
internal sealed class PrincipalRateLimit(RequestDelegate next, PrincipalRates rates, Refuser refuser)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (CallerIdentity.Of(context.User)?.Caller is not { IsLocal: false } caller || rates.TryCount(context, caller.Issuer, caller.Subject, out var retryAfter))
            return next(context);

        return refuser.RefuseAsync(
            context,
            new Refusal(StatusCodes.Status429TooManyRequests, Reasons.PrincipalRate, "Too many requests of this principal.") { RetryAfter = retryAfter });
    }
}
