using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;

/// <summary>
/// A client authenticates in the way that it is registered with, so that a weaker one beside it opens nothing. The header and the body
/// are one way: clients put their secret where they like (RFC 6749 §2.3.1). Who asks about tokens must have authenticated (RFC 7662 §2.1).
/// </summary>
internal sealed class CheckMethod(IOpenIddictApplicationManager clients) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.EndpointType == OpenIddictServerEndpointType.Authorization)
            return;

        // OpenIddict has just found it, and keeps it for the request.
        var client = (ClientRecord)(await clients.FindByClientIdAsync(context.ClientId!, context.CancellationToken))!;
        var method = client.AuthenticationMethod;
        var isSecret = method is ClientAuthenticationMethods.ClientSecretBasic or ClientAuthenticationMethods.ClientSecretPost;
        if (context.EndpointType == OpenIddictServerEndpointType.Introspection && client.ClientType != ClientTypes.Confidential)
            context.Refuse(Errors.InvalidClient, Reasons.ClientAuthentication, "Only a client that authenticates may ask about tokens.");
        else if (!string.IsNullOrEmpty(context.ClientSecret) && !isSecret)
            context.Refuse(Errors.InvalidClient, Reasons.ClientAuthentication, "The client is not registered to authenticate with a secret.");
        else if (context.ClientAssertionPrincipal is not null && method != ClientAuthenticationMethods.PrivateKeyJwt)
            context.Refuse(Errors.InvalidClient, Reasons.ClientAuthentication, "The client is not registered to authenticate with an assertion.");
    }
}
