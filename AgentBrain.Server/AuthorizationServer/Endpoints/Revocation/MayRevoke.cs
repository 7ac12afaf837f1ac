using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Revocation;

/// <summary>A client revokes what was issued to it (RFC 7009 §2.1). Of anything else it learns nothing, and nothing happens.</summary>
internal sealed class MayRevoke : IOpenIddictServerHandler<ValidateRevocationRequestContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ValidateRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal!.GetClaim(Claims.ClientId) != context.ClientId)
            context.Reject(Errors.InvalidToken);

        return default;
    }
}
