using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>The same as <see cref="VerifyRedirect"/> for a request that was pushed, once it is open.</summary>
internal sealed class VerifyRedirectOfPushed(VerifyRedirect verify) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => verify.HandleAsync(context);
}
