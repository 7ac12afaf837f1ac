using AgentBrain.Server.Configuration;
using Microsoft.Net.Http.Headers;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 1, for every request in every mode: what a browser, a proxy or a stranger could have bent is refused before anything is
/// read or anybody is asked who they are.
/// </summary>
internal sealed class TransportGuard(RequestDelegate next, ServerSettings settings, RequestLimits limits, HostPolicy hosts, Refuser refuser)
{
    private static readonly string[] Verbs = ["GET", "POST", "DELETE", "OPTIONS"];

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (settings.Mode == AuthMode.None && ForwardingHeader(context.Request) is { } header)
        {
            return refuser.RefuseAsync(
                context,
                new Refusal(StatusCodes.Status403Forbidden, Reasons.ForwardedInModeNone, "This server serves its own machine only, and the request came through a proxy or tunnel."),
                $"header {header}; with {SettingNames.Auth}=none nobody is asked for credentials, so a proxy or tunnel would open the server to all its users; use basic behind one");
        }

        var refusal = JudgeConnection(context) ?? JudgeRequest(context);
        return refusal is null ? next(context) : refuser.RefuseAsync(context, refusal, Detail(context, refusal.Reason));
    }

    private Refusal? JudgeConnection(HttpContext context)
    {
        if (!hosts.AllowsHost(context))
            return new Refusal(StatusCodes.Status403Forbidden, Reasons.HostNotAllowed, "The Host header names another server.");

        var origin = context.Request.Headers.Origin;
        if (origin.Count > 0
            && context.GetEndpoint()?.Metadata.GetMetadata<OwnOriginRules>() is null
            && !(origin.Count == 1 && hosts.AllowsOrigin(context, origin[0])))
            return new Refusal(StatusCodes.Status403Forbidden, Reasons.OriginNotAllowed, "Pages of this origin may not call the server.");

        // Behind a terminator this is the scheme that it reports; a request that went round it arrives in clear text.
        if (settings.Mode != AuthMode.None && !context.Request.IsHttps && !HostPolicy.IsLoopback(context.Connection.LocalIpAddress))
            return new Refusal(StatusCodes.Status403Forbidden, Reasons.TlsRequired, "The server takes credentials over TLS only.");

        return null;
    }

    private Refusal? JudgeRequest(HttpContext context)
    {
        var request = context.Request;
        if (!Verbs.Contains(request.Method, StringComparer.Ordinal) && !(HttpMethods.IsPut(request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<TakesPut>() is not null))
        {
            context.Response.Headers.Allow = string.Join(", ", Verbs);
            return new Refusal(StatusCodes.Status405MethodNotAllowed, Reasons.MethodNotAllowed, "The server takes GET, POST, DELETE and OPTIONS.");
        }

        if (request.Headers.ContentEncoding.Count > 0)
            return new Refusal(StatusCodes.Status415UnsupportedMediaType, Reasons.ContentEncoding, "The body must not be encoded.");

        if (request.ContentLength > limits.MaxBodyBytes)
            return BodyTooLarge(limits);

        if (RequestedResource.Of(context) is not null && HttpMethods.IsPost(request.Method) && !IsPlainJson(request))
            return new Refusal(StatusCodes.Status415UnsupportedMediaType, Reasons.ContentTypeNotJson, "The body must be application/json in UTF-8.");

        return null;
    }

    /// <summary>The answer to a body that is larger than allowed, declared or not.</summary>
    public static Refusal BodyTooLarge(RequestLimits limits) =>
        new(StatusCodes.Status413PayloadTooLarge, Reasons.BodyTooLarge, $"The body must not be larger than {limits.MaxBodyBytes} bytes.");

    /// <summary><c>application/json</c> with nothing beside it but <c>charset=utf-8</c>; a page of another site cannot send that without a preflight.</summary>
    private static bool IsPlainJson(HttpRequest request)
    {
        if (request.Headers.ContentType is not [{ } value] || !MediaTypeHeaderValue.TryParse(value, out var type))
            return false;

        if (!type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return false;

        return type.Parameters.Count == 0
            || (type.Parameters is [var only]
                && only.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                && HeaderUtilities.RemoveQuotes(only.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    private static string? ForwardingHeader(HttpRequest request) => request.Headers.Keys.FirstOrDefault(name =>
        name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Via", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("CF-", StringComparison.OrdinalIgnoreCase));

    private static string? Detail(HttpContext context, string reason) => reason switch
    {
        Reasons.HostNotAllowed => context.Request.Headers.Host.ToString(),
        Reasons.OriginNotAllowed => context.Request.Headers.Origin.ToString(),
        Reasons.MethodNotAllowed => context.Request.Method,
        Reasons.ContentTypeNotJson => context.Request.Headers.ContentType.ToString(),
        _ => null,
    };
}

/// <summary>Marks an endpoint that judges <c>Origin</c> by rules of its own: public metadata, or pages with antiforgery.</summary>
internal sealed record OwnOriginRules;

/// <summary>Marks an endpoint that takes PUT, which no other does.</summary>
internal sealed record TakesPut;
