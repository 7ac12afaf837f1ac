using System.Security.Claims;
using System.Text.Json.Nodes;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// Makes an access token's claims exactly ours (RFC 9068 §2.2): the issuer without the slash that a URI would get, the grant as
/// <c>sid</c>, the scopes in their one order, and the proved key (RFC 9449 §6.1).
/// </summary>
internal sealed class AccessTokenClaims(AuthorizationServerSettings settings) : IOpenIddictServerHandler<ProcessSignInContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.AccessTokenPrincipal is { } principal)
            Complete(principal, settings, context.Principal!.GetClaim(ProtocolNames.SessionId), TokenRequestProof.Of(context.Http).KeyThumbprint);

        return default;
    }

    /// <summary>Completes the claims of an access token.</summary>
    /// <param name="principal">What OpenIddict would put into it.</param>
    /// <param name="settings">The issuer.</param>
    /// <param name="sessionId">The grant.</param>
    /// <param name="thumbprint">The proved key; <c>null</c> when no proof came.</param>
    public static void Complete(ClaimsPrincipal principal, AuthorizationServerSettings settings, string? sessionId, string? thumbprint)
    {
        principal.SetClaim(Claims.Private.Issuer, settings.Issuer);
        principal.SetScopes(ScopeSetText.Read(string.Join(' ', principal.GetScopes())).ToScopeText().Split(' '));
        principal.SetClaim(ProtocolNames.SessionId, sessionId);

        // It says what client_id says.
        principal.RemoveClaims(Claims.Private.Presenter);
        if (thumbprint is not null)
            principal.SetClaim(ProtocolNames.Confirmation, new JsonObject { ["jkt"] = thumbprint });
    }
}
