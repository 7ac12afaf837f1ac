using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>Step 2: so many requests a second from one address, before anything costs more. In the mode none this machine's own are not counted.</summary>
internal sealed class AddressRateLimit(RequestDelegate next, ServerSettings settings, RequestLimits limits, Refuser refuser, TimeProvider time)
{
    private const int MaxAddresses = 16_384;

    private readonly TokenBuckets? _buckets = limits.RatePerAddress == 0
        ? null
        : new TokenBuckets(time, limits.RatePerAddress * 2, TimeSpan.FromSeconds(1) / limits.RatePerAddress, MaxAddresses);

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (_buckets is null || (settings.Mode == AuthMode.None && HostPolicy.IsLoopback(address)) || _buckets.TryTake(AddressPrefix.Of(address), out var retryAfter))
            return next(context);

        return refuser.RefuseAsync(
            context,
            new Refusal(StatusCodes.Status429TooManyRequests, Reasons.AddressRate, "Too many requests from this address.") { RetryAfter = retryAfter });
    }
}
