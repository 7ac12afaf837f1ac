using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Owner;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Answers;

/// <summary>
/// Answers a refused authorization request (RFC 6749 §4.1.2.1): to the client, with its state and the issuer (RFC 9207), where the
/// redirect URI was found to be the client's and the owner is signed in, so that nobody else's browser is sent anywhere (SR-19);
/// otherwise by the page, which is not ours to write.
/// </summary>
internal sealed class RedirectErrors(AuthorizationServerSettings settings, OwnerSessions sessions, Refuser refuser) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        var answer = context.Response;
        if (string.IsNullOrEmpty(answer.Error))
            return;

        var http = context.Http;
        var refusal = http.Features.Get<ProtocolRefusal>() ?? ErrorTexts.Of(answer, context.EndpointType);
        http.Features.Set(refusal);
        (answer.Error, answer.ErrorDescription, answer.ErrorUri) = (refusal.Error, refusal.Description, null);
        if (http.Features.Get<VerifiedRedirect>() is { MayBeTold: true } redirect && await sessions.FindAsync(http) is not null)
        {
            (context.RedirectUri, context.ResponseMode) = (redirect.Uri, ResponseModes.Query);
            (answer.State, answer.Iss) = (context.Request?.State, settings.Issuer);
            refuser.Note(http, refusal.Reason, StatusCodes.Status302Found, refusal.Detail);
        }
        else
        {
            refuser.Note(http, refusal.Reason, StatusCodes.Status400BadRequest, refusal.Detail);
        }
    }
}
