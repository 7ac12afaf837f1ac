namespace AgentBrain.Server.Authorization;

/// <summary>
/// Answers 404 for what is not there before anybody is asked for credentials: a client that probes for OAuth metadata which this
/// mode does not have must learn just that. Nothing behind it runs without an endpoint that was meant.
/// </summary>
internal sealed class UnknownPath(RequestDelegate next, IRefusalPages? pages = null)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var misspelled = endpoint?.Metadata.GetMetadata<McpEndpoint>() is not null && RequestedResource.Of(context) is null;
        if (endpoint is not null && !misspelled)
            return next(context);

        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return pages?.AreFor(context) == true
            ? pages.WriteAsync(context, new Refusal(StatusCodes.Status404NotFound, Reasons.NothingHere, "There is nothing at this path."))
            : Task.CompletedTask;
    }
}
