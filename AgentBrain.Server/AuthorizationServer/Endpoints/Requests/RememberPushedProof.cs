using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>Remembers the proof of a pushed request once all else about the request was found right.</summary>
internal sealed class RememberPushedProof : IOpenIddictServerHandler<HandlePushedAuthorizationRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(HandlePushedAuthorizationRequestContext context)
    {
        var http = context.Http;
        if (await TokenRequestProof.Of(http).ConsumeAsync(http.RequestAborted) is not null)
            context.Refuse(http.Features.Get<ProtocolRefusal>()!);
    }
}
