using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.AuthorizationServer.Grants.Exchange;

/// <summary>Who sends a token request.</summary>
internal static class TokenRequestPresenter
{
    /// <summary>The key that was proved, if one was, and where the request came from.</summary>
    public static Presenter Of(HttpContext context) =>
        new(TokenRequestProof.Of(context).KeyThumbprint, AddressPrefix.Of(context.Connection.RemoteIpAddress));
}
