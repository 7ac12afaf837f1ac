using AgentBrain.Server.AuthorizationServer.Endpoints;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers.Exchange;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>Refuses a client that presents another's token, as OpenIddict would, and writes down that a refresh token is in the wrong hands.</summary>
internal sealed class RefuseOtherClient(GrantMisuse misuse) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    /// <summary>Where it stands: after client authentication and before what else is held against the grant.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenRequestContext>()
        .UseSingletonHandler<RefuseOtherClient>()
        .SetOrder(ValidateAuthentication.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (PresentedToken.Of(context.Transaction) is not { } presented || string.Equals(presented.Found.Grant.ClientId, context.ClientId, StringComparison.Ordinal))
            return;

        if (presented.RefreshToken is not null)
            await misuse.NoteAsync(presented.Found.Grant, TokenRequestPresenter.Of(context.Http), "another client");

        context.Reject(Errors.InvalidGrant);
    }
}
