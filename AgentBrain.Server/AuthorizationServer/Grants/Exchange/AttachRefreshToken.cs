using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>Puts our refresh token into the answer, and keeps OpenIddict from making one of its own.</summary>
internal sealed class AttachRefreshToken : IOpenIddictServerHandler<ProcessSignInContext>
{
    /// <summary>Where it stands: right after OpenIddict decided which tokens there will be.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
        .UseSingletonHandler<AttachRefreshToken>()
        .SetOrder(EvaluateGeneratedTokens.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    /// <inheritdoc/>
    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        context.GenerateRefreshToken = false;
        context.RefreshToken = RedeemedToken.Of(context.Transaction)?.RefreshToken;
        context.IncludeRefreshToken = context.RefreshToken is not null;
        return ValueTask.CompletedTask;
    }
}
