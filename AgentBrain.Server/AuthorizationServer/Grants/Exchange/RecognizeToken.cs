using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>
/// Finds codes and refresh tokens in our own tables, before OpenIddict would look for them in its own. It then checks client, redirect
/// URI and verifier against what is said here. Nothing is redeemed yet: a request that fails costs its sender nothing (SR-68).
/// </summary>
internal sealed class RecognizeToken(CodeRedemption codes, RefreshRotation rotation) : IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <summary>Where it stands.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
        .UseSingletonHandler<RecognizeToken>()
        .SetOrder(ValidateReferenceTokenIdentifier.Descriptor.Order - 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.ValidTokenTypes.Count != 1)
            return;

        if (context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.AuthorizationCode))
            await RecognizeCodeAsync(context);
        else if (context.ValidTokenTypes.Contains(TokenTypeIdentifiers.RefreshToken))
            await RecognizeRefreshTokenAsync(context);
    }

    private async Task RecognizeCodeAsync(ValidateTokenContext context)
    {
        if (await codes.FindAsync(context.Token, context.CancellationToken) is not { } found)
        {
            context.Reject(Errors.InvalidGrant);
            return;
        }

        new PresentedToken(found, null, null).Keep(context.Transaction);
        context.Principal = GrantPrincipal.Of(found, context.Request);
    }

    private async Task RecognizeRefreshTokenAsync(ValidateTokenContext context)
    {
        if (!RefreshSecret.TryRead(context.Token, out var secret) || await rotation.FindAsync(secret, context.CancellationToken) is not { } found)
        {
            context.Reject(Errors.InvalidGrant);
            return;
        }

        new PresentedToken(null, found, secret).Keep(context.Transaction);
        context.Principal = GrantPrincipal.Of(found);
    }
}
