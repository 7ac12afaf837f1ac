using System.Security.Claims;
using AgentBrain.Server.AuthorizationServer.Grants;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Revocation;

/// <summary>
/// Finds the grant of a refresh token that is to be revoked. One that was redeemed counts too: whoever has any token of a grant may end it.
/// </summary>
internal sealed class FindRefreshToken(GrantStore grants) : IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Revocation || context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion))
            return;

        if (await grants.FindGrantByRefreshTokenAsync(context.Token, context.CancellationToken) is not { Grant: var grant })
            return;

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity("refresh token"))
            .SetTokenType(TokenTypeIdentifiers.RefreshToken)
            .SetClaim(Claims.ClientId, grant.ClientId)
            .SetClaim(ProtocolNames.SessionId, grant.Id);
    }
}
