using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;

/// <summary>Says what the token is: its type, by its key (RFC 9449 §5), and always its scope, which may be less than was asked for.</summary>
internal sealed class TokenAnswer : IOpenIddictServerHandler<ProcessSignInContext>
{
    private const string BoundType = "DPoP";

    /// <inheritdoc/>
    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (!context.IncludeAccessToken || context.AccessTokenPrincipal is not { } principal)
            return default;

        context.Response.Scope = string.Join(' ', principal.GetScopes());
        if (principal.HasClaim(ProtocolNames.Confirmation))
            context.Response.TokenType = BoundType;

        return default;
    }
}
