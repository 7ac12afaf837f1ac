namespace AgentBrain.Server.Authorization;

/// <summary>
/// Finds the resource that a request is for, by the exact path. Routing ignores case and a trailing slash; a resource's identity
/// does not, so an MCP endpoint that routing found for another spelling is not served.
/// </summary>
internal sealed class ResourceStep(RequestDelegate next, ResourceMap resources)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (resources.Find(context.Request.Path.Value) is { } resource && !context.Request.PathBase.HasValue)
            context.Features.Set(resource);

        return next(context);
    }
}

/// <summary>Marks an endpoint that only a request for a <see cref="ProtectedResource"/> may reach.</summary>
internal sealed record McpEndpoint;
