using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;
using AgentBrain.Server.AuthorizationServer.Grants;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Revocation;

/// <summary>
/// Revokes the grant that a token is of, whichever kind of token it is (RFC 7009 §2.1): a client that gives one back is done. A client's
/// own token has no grant, and is revoked by itself.
/// </summary>
internal sealed class RevokeGrant(GrantStore grants, Revocations revocations, AuthorizationServerSettings settings) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        var principal = context.GenericTokenPrincipal!;
        var session = principal.GetClaim(ProtocolNames.SessionId)!;
        if (principal.GetClaim(Claims.Subject) == ClientSubject.Of(principal.GetClaim(Claims.ClientId)!))
            revocations.Revoke(RevocationTarget.Token(settings.Issuer, principal.GetClaim(Claims.JwtId)!));
        else
            await grants.RevokeAsync(session, ActivityKinds.GrantRevoked, AddressPrefix.Of(context.Http.Connection.RemoteIpAddress));
    }
}
