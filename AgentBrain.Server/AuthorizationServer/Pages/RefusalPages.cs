using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>The pages of refusals that come before any endpoint: nothing is there, or too much was asked for.</summary>
internal sealed class RefusalPages : IRefusalPages
{
    /// <inheritdoc/>
    public bool AreFor(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && RequestedResource.Of(context) is null
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<PageEndpoint>() is not null);

    /// <inheritdoc/>
    public Task WriteAsync(HttpContext context, Refusal refusal)
    {
        PagePolicy.Apply(context);
        return Page.Fail(refusal.Status switch
        {
            StatusCodes.Status404NotFound => new Problem(refusal.Status, "There is nothing here", "The address has a typing error, or what it led to is gone.", refusal.Reason) { Next = EndpointPaths.Console, NextText = "To the console" },
            StatusCodes.Status429TooManyRequests => new Problem(refusal.Status, "Too many requests", "More came from your address than the server takes at a time. Wait a moment, then load the page again.", refusal.Reason),
            StatusCodes.Status503ServiceUnavailable => new Problem(refusal.Status, "Not now", "The server cannot answer at the moment. Try again shortly.", refusal.Reason),
            _ => new Problem(refusal.Status, "This was refused", refusal.Message, refusal.Reason),
        }).ExecuteAsync(context);
    }
}
