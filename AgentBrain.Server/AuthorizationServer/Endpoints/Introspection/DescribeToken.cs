using System.Text.Json.Nodes;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Introspection;

/// <summary>What is said of an active token (RFC 7662 §2.2): all that the token says itself, its key included (RFC 9449 §6.2).</summary>
internal sealed class DescribeToken : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        var principal = context.GenericTokenPrincipal!;
        context.ClientId = principal.GetClaim(Claims.ClientId);
        context.Subject = principal.GetClaim(Claims.Subject);
        context.TokenId = principal.GetClaim(Claims.JwtId);
        context.IssuedAt = principal.GetCreationDate();
        context.ExpiresAt = principal.GetExpirationDate();
        context.Audiences.UnionWith(principal.GetAudiences());
        context.Scopes.UnionWith(principal.GetScopes());
        context.Confirmation = principal.GetClaim(ProtocolNames.Confirmation) is { Length: > 0 } confirmation ? JsonNode.Parse(confirmation)!.AsObject() : null;
        context.TokenType = context.Confirmation is null ? TokenTypes.Bearer : "DPoP";
        return default;
    }
}
