using System.Collections.Frozen;
using System.Globalization;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// What comes before the protocol on its endpoints: one spelling of the path, one verb, cross-origin rules, and a limit for each
/// address. Refusals are answered in the protocol's own form.
/// </summary>
internal sealed class ProtocolGate
{
    /// <summary>Most bytes of a request: no honest one has more, and what is pushed is kept.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    private const int MaxAddresses = 8_192;
    private const string AllowedHeaders = "authorization, dpop, content-type, accept, mcp-protocol-version";

    private readonly RequestDelegate _next;
    private readonly Refuser _refuser;
    private readonly FrozenDictionary<string, (ProtocolEndpoint Endpoint, TokenBuckets? Rate)> _endpoints;

    /// <summary>Makes the step.</summary>
    public ProtocolGate(RequestDelegate next, Refuser refuser, RequestLimits limits, TimeProvider time)
    {
        _next = next;
        _refuser = refuser;

        // Who takes the limit of addresses away, because all come through one, means these too.
        _endpoints = ProtocolEndpoint.All.ToFrozenDictionary(
            static endpoint => endpoint.Path,
            endpoint => (endpoint, endpoint.Burst == 0 || limits.RatePerAddress == 0 ? null : new TokenBuckets(time, endpoint.Burst, endpoint.Interval, MaxAddresses)),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!_endpoints.TryGetValue(path.TrimEnd('/'), out var found))
            return _next(context);

        var (endpoint, rate) = found;
        if (path != endpoint.Path)
            return NotFound(context);

        if (endpoint.IsShared)
            Share(context.Response.Headers);

        if (HttpMethods.IsOptions(context.Request.Method) && endpoint.IsShared)
            return Preflight(context, endpoint);

        if (context.Request.Method != endpoint.Verb)
            return RefuseVerbAsync(context, endpoint);

        if (context.Request.ContentLength > MaxBodyBytes)
            return RefuseSizeAsync(context);

        // What does not say its length is cut off there.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxBodyBytes;

        return rate is null || rate.TryTake(AddressPrefix.Of(context.Connection.RemoteIpAddress), out var retryAfter)
            ? _next(context)
            : RefuseRateAsync(context, retryAfter);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>Any page may read what anybody may ask for: these endpoints know no cookie.</summary>
    private static void Share(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "DPoP-Nonce, WWW-Authenticate, Retry-After";
    }

    private static Task Preflight(HttpContext context, ProtocolEndpoint endpoint)
    {
        var headers = context.Response.Headers;
        headers.Allow = $"{endpoint.Verb}, OPTIONS";
        headers.AccessControlAllowMethods = endpoint.Verb;
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task RefuseVerbAsync(HttpContext context, ProtocolEndpoint endpoint)
    {
        context.Response.Headers.Allow = endpoint.IsShared ? $"{endpoint.Verb}, OPTIONS" : endpoint.Verb;
        _refuser.Note(context, Reasons.MethodNotAllowed, StatusCodes.Status405MethodNotAllowed, context.Request.Method);
        return ProtocolAnswer.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, OpenIddict.Abstractions.OpenIddictConstants.Errors.InvalidRequest, $"This endpoint takes {endpoint.Verb}.");
    }

    private Task RefuseSizeAsync(HttpContext context)
    {
        _refuser.Note(context, Reasons.BodyTooLarge, StatusCodes.Status413PayloadTooLarge);
        return ProtocolAnswer.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, OpenIddict.Abstractions.OpenIddictConstants.Errors.InvalidRequest, $"The request must not be larger than {MaxBodyBytes / 1024} KiB.");
    }

    private Task RefuseRateAsync(HttpContext context, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        _refuser.Note(context, Reasons.EndpointRate, StatusCodes.Status429TooManyRequests);
        return ProtocolAnswer.WriteAsync(context, StatusCodes.Status429TooManyRequests, ProofErrors.TryAgain, "There are too many requests from this address; try again soon.");
    }
}
