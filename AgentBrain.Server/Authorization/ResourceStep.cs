using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Finds the resource that a request is for, by the exact path. Routing ignores case and a trailing slash; a resource's identity
/// does not, so an MCP endpoint that routing found for another spelling is not served. Where tokens decide, a brain that is not there
/// looks like one that is until a token for it would be needed, so that nobody can list names by asking.
/// </summary>
internal sealed class ResourceStep(RequestDelegate next, ResourceMap resources, ServerSettings settings)
{
    /// <summary>Runs the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        var resource = resources.Find(path) ?? (settings.Mode == AuthMode.OAuth ? resources.Imagine(path) : null);
        if (resource is not null && !context.Request.PathBase.HasValue)
            context.Features.Set(resource);

        return next(context);
    }
}

/// <summary>Marks an endpoint that only a request for a <see cref="ProtectedResource"/> may reach.</summary>
internal sealed record McpEndpoint;
