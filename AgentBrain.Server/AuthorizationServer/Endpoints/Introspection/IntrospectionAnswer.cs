using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Introspection;

/// <summary>Names the issuer of an active token as its tokens do, and tells nothing but that of one that is not (RFC 7662 §2.2).</summary>
internal sealed class IntrospectionAnswer(AuthorizationServerSettings settings) : IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
{
    private const string Active = "active";

    /// <inheritdoc/>
    public ValueTask HandleAsync(ApplyIntrospectionResponseContext context)
    {
        if ((bool?)context.Response[Active] is true)
            context.Response[Claims.Issuer] = settings.Issuer;

        return default;
    }
}
