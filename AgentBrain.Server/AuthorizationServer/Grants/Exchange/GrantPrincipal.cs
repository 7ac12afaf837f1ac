using System.Security.Claims;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>A grant as OpenIddict wants to see one: what its own checks are made against, and what the access token says.</summary>
internal static class GrantPrincipal
{
    /// <summary>For a code. The redirect URI is only checked where the client sent one: OAuth 2.1 clients need not.</summary>
    public static ClaimsPrincipal Of(FoundCode found, OpenIddictRequest? request)
    {
        var principal = Of(found.Grant, TokenTypeIdentifiers.Private.AuthorizationCode);
        principal.SetClaim(Claims.Private.CodeChallenge, found.Code.CodeChallenge).SetClaim(Claims.Private.CodeChallengeMethod, CodeChallengeMethods.Sha256);
        return string.IsNullOrEmpty(request?.RedirectUri) ? principal : principal.SetClaim(Claims.Private.RedirectUri, found.Code.RedirectUri);
    }

    /// <summary>For a refresh token.</summary>
    public static ClaimsPrincipal Of(FoundRefreshToken found) => Of(found.Grant, TokenTypeIdentifiers.RefreshToken);

    private static ClaimsPrincipal Of(GrantRecord grant, string tokenType)
    {
        var identity = new ClaimsIdentity("grant");
        identity.SetClaim(Claims.Subject, grant.Subject).SetClaim(ProtocolNames.SessionId, grant.Id);
        var principal = new ClaimsPrincipal(identity);
        principal.SetPresenters(grant.ClientId).SetResources(grant.Resource).SetTokenType(tokenType);
        return principal.SetScopes(grant.Scopes.ToScopeText().Split(' '));
    }

}
