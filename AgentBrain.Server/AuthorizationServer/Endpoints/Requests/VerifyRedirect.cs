using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Finds out first whether there is somebody to answer to: OpenIddict asks so late that most errors would be told to nobody. An
/// unknown client and a redirect URI that is not the client's are told to the person at the browser, and no browser is sent there.
/// </summary>
internal sealed class VerifyRedirect(IOpenIddictApplicationManager clients, AuthorizationServerSettings settings) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        // A pushed request has both within, and comes by here again when it was opened.
        var request = context.Request;
        var isOpened = context.RequestTokenPrincipal is not null;
        if ((!string.IsNullOrEmpty(request.RequestUri) && !isOpened) || context.Http.Features.Get<VerifiedRedirect>() is not null)
            return;

        if (string.IsNullOrEmpty(request.ClientId) || await clients.FindByClientIdAsync(request.ClientId, context.CancellationToken) is not { } client)
            context.Refuse(Errors.InvalidRequest, Reasons.ClientUnknown, "The client is not known here.");
        else if (context.Http.Request.Query[Parameters.RedirectUri].Count < 2 && await FindAsync(client, request.RedirectUri, context.CancellationToken) is { } uri)
            context.Http.Features.Set(new VerifiedRedirect(uri, MayBeTold((ClientRecord)client, uri)));
        else
            context.Refuse(Errors.InvalidRequest, Reasons.RedirectNotRegistered, "The redirect_uri is not one that the client is registered with.");
    }

    /// <summary>
    /// OAuth 2.1 §7.12.2: anybody can register an address, so the owner's browser is sent by itself only to a program on this computer, and
    /// to whom the operator or the owner knows.
    /// </summary>
    private bool MayBeTold(ClientRecord client, string uri) =>
        client.ConsentedAt is not null || (RedirectTarget.TryRead(uri, out var target) && (target.Kind != RedirectKind.Https || ClientFace.Of(client, target, settings).IsKnown));

    private async ValueTask<string?> FindAsync(object client, string? named, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(named))
            return await clients.GetRedirectUrisAsync(client, cancellationToken) is [var only] ? only : null;

        return Uri.TryCreate(named, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && !named.Contains('#', StringComparison.Ordinal) && await clients.ValidateRedirectUriAsync(client, named, cancellationToken) ? named : null;
    }
}
