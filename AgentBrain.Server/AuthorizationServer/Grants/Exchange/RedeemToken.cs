using AgentBrain.Server.AuthorizationServer.Endpoints;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers.Exchange;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>
/// Redeems the code or refresh token, when all that OpenIddict and we check of the request is right. The proof is remembered right
/// before: a proof that came twice redeems nothing, and a proof of a request that failed earlier is still good (RFC 9449 §5).
/// </summary>
internal sealed class RedeemToken(CodeRedemption codes, RefreshRotation rotation, GrantMisuse misuse) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    /// <summary>Where it stands: the last before tokens are made.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<HandleTokenRequestContext>()
        .UseSingletonHandler<RedeemToken>()
        .SetOrder(AttachPrincipal.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (PresentedToken.Of(context.Transaction) is not { } presented)
            return;

        var presenter = TokenRequestPresenter.Of(context.Http);
        if (presented.IsKeyWrong(presenter.KeyThumbprint))
        {
            await RefuseAsync(context, presented, presenter, RedemptionVerdict.WrongKey);
            return;
        }

        if (await TokenRequestProof.Of(context.Http).ConsumeAsync(context.CancellationToken) is not null)
        {
            context.Reject(ProofErrors.InvalidProof, "The proof cannot be used; make a new one for each request.");
            return;
        }

        var redemption = presented.Code is { } code
            ? await codes.RedeemAsync(code, presenter, context.CancellationToken)
            : await rotation.RedeemAsync(presented.Secret!, presented.RefreshToken!, presenter, context.CancellationToken);
        if (redemption.IsGranted)
            new RedeemedToken(redemption.RefreshToken).Keep(context.Transaction);
        else
            await RefuseAsync(context, presented, presenter, redemption.Verdict);
    }

    private async Task RefuseAsync(HandleTokenRequestContext context, PresentedToken presented, Presenter presenter, RedemptionVerdict verdict)
    {
        if (verdict == RedemptionVerdict.WrongKey && presented.RefreshToken is not null)
            await misuse.NoteAsync(presented.Found.Grant, presenter, "another key");

        // One text for every reason: who holds a stolen token learns nothing of its state. The owner's console has the reason.
        context.Reject(Errors.InvalidGrant);
    }
}
