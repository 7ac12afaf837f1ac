namespace AgentBrain.Server.Authorization;

/// <summary>The resource that a request is for, once the pipeline has found it.</summary>
internal static class RequestedResource
{
    /// <summary>The resource; <c>null</c> for a request that is for none.</summary>
    public static ProtectedResource? Of(HttpContext context) => context.Features.Get<ProtectedResource>();
}
