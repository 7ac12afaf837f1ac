using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Answers;

/// <summary>Public keys may be kept for a while: a new one is published long before it signs.</summary>
internal sealed class KeyCache : IOpenIddictServerHandler<ApplyJsonWebKeySetResponseContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ApplyJsonWebKeySetResponseContext context)
    {
        context.Http.Response.Headers.CacheControl = "public, max-age=300";
        return default;
    }
}
