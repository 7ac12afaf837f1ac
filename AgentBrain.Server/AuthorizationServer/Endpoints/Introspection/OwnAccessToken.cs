using System.Security.Claims;
using AgentBrain.OAuth.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Introspection;

/// <summary>An access token of ours, from the claims that OpenIddict verified, as the side that judges tokens knows them.</summary>
internal static class OwnAccessToken
{
    /// <summary>The token.</summary>
    public static AccessToken Of(ClaimsPrincipal principal, AuthorizationServerSettings settings) => new()
    {
        Issuer = settings.Issuer,
        Subject = principal.GetClaim(Claims.Subject)!,
        ClientId = principal.GetClaim(Claims.ClientId)!,
        Audiences = principal.GetAudiences(),
        IssuedAt = principal.GetCreationDate()!.Value,
        ExpiresAt = principal.GetExpirationDate()!.Value,
        Scopes = ScopeSetText.Read(principal.GetClaim(Claims.Scope)),
        TokenId = principal.GetClaim(Claims.JwtId),
        SessionId = principal.GetClaim(ProtocolNames.SessionId),
        Roles = [],
    };
}
