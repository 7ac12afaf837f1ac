using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;

/// <summary>Access tokens leave no row: their grant is what is revoked, and nothing looks one up.</summary>
internal sealed class NoTokenEntry : IOpenIddictServerHandler<GenerateTokenContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType == TokenTypeIdentifiers.AccessToken)
            (context.CreateTokenEntry, context.PersistTokenPayload, context.IsReferenceToken) = (false, false, false);

        return default;
    }
}
