using Microsoft.Extensions.Primitives;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// CORS of the MCP endpoints: an origin that the transport guard let through may read the answers, without cookies. A preflight is
/// answered here, without a token, since browsers never send one with it.
/// </summary>
internal sealed class CrossOriginStep(RequestDelegate next)
{
    private const string Verbs = "GET, POST, DELETE, OPTIONS";
    private static readonly string[] AllowedHeaders = ["authorization", "dpop", "content-type", "accept", "last-event-id"];

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is null)
            return next(context);

        var (request, headers) = (context.Request, context.Response.Headers);
        var origin = request.Headers.Origin;
        if (origin.Count == 1)
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = "WWW-Authenticate, DPoP-Nonce, Mcp-Session-Id";
        }

        if (!HttpMethods.IsOptions(request.Method))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Allow = Verbs;
        if (origin.Count == 1 && request.Headers.AccessControlRequestMethod.Count > 0)
        {
            headers.AccessControlAllowMethods = Verbs;
            headers.AccessControlAllowHeaders = Allowed(request.Headers.AccessControlRequestHeaders);
            headers.AccessControlMaxAge = "600";
            headers.Append("Vary", "Access-Control-Request-Headers");
        }

        return Task.CompletedTask;
    }

    /// <summary>Those of the requested headers that may be sent. The protocol's own are a family, <c>Mcp-*</c>, for which CORS has no pattern.</summary>
    private static string Allowed(StringValues requested) => string.Join(", ", requested.ToString()
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(name => name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-')
            && (AllowedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("mcp-", StringComparison.OrdinalIgnoreCase)))
        .Take(32));
}
