using System.Globalization;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Pages;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Until there is an owner nobody can be asked for consent, so nothing is served but setup, public metadata and health (SR-23). Once
/// there is one, this is one read of a field.
/// </summary>
internal sealed class OwnerGate(RequestDelegate next, OwnerPresence presence, Refuser refuser)
{
    private const string Sentence = "This server has no owner yet; open the setup link that was shown when it started.";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    // Health has no endpoint type of its own; like metadata it tells nobody's secrets.
    private static readonly string[] Open =
        [EndpointPaths.Setup, EndpointPaths.Styles, EndpointPaths.SetupScript, EndpointPaths.Jwks, "/health", "/alive"];

    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (presence.HasOwner || IsOpen(context.Request.Path))
            return next(context);

        context.Response.Headers.RetryAfter = ((int)RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (RequestedResource.Of(context) is not null)
            return refuser.RefuseAsync(context, new Refusal(StatusCodes.Status503ServiceUnavailable, Reasons.NoOwner, Sentence) { RetryAfter = RetryAfter });

        refuser.Note(context, Reasons.NoOwner, StatusCodes.Status503ServiceUnavailable);
        return context.GetEndpoint()?.Metadata.GetMetadata<PageEndpoint>() is null
            ? Results.Json(new { error = "temporarily_unavailable", error_description = Sentence, reason = Reasons.NoOwner }, statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context)
            : Page.Fail(new Problem(StatusCodes.Status503ServiceUnavailable, "No owner yet", Sentence, Reasons.NoOwner)).ExecuteAsync(context);
    }

    /// <summary>Whatever is not named here is closed.</summary>
    private static bool IsOpen(PathString path) =>
        path.StartsWithSegments("/.well-known", StringComparison.OrdinalIgnoreCase)
        || Open.Any(open => path.Equals(open, StringComparison.OrdinalIgnoreCase));
}
