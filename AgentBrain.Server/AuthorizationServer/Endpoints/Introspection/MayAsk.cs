using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.AuthorizationServer.Endpoints.Requests;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Introspection;

/// <summary>
/// A client that the owner added may ask about its own access tokens and about those for its own brains (RFC 7662 §4). Everything else
/// it is told is not active, as is whatever was revoked; of refresh tokens nobody has to know anything.
/// </summary>
internal sealed class MayAsk(IOpenIddictApplicationManager clients, BrainResources resources, IRevocations revocations, AuthorizationServerSettings settings)
    : IOpenIddictServerHandler<ValidateIntrospectionRequestContext>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(ValidateIntrospectionRequestContext context)
    {
        var client = (ClientRecord)(await clients.FindByClientIdAsync(context.ClientId!, context.CancellationToken))!;
        var principal = context.GenericTokenPrincipal!;
        if (client.Kind != ClientKind.Registered)
        {
            context.Refuse(Errors.UnauthorizedClient, Reasons.ClientNotAllowed, "Only clients that the owner added may ask about tokens.");
            return;
        }

        try
        {
            if (!principal.HasTokenType(TokenTypeIdentifiers.AccessToken) || !Concerns(client, principal) || revocations.IsRevoked(OwnAccessToken.Of(principal, settings)))
                context.Reject(Errors.InvalidToken);
        }
        catch (RevocationsUnavailableException)
        {
            context.Refuse(new ProtocolRefusal(Reasons.RevocationsUnavailable, ProofErrors.TryAgain, "Whether the token was revoked cannot be known now; try again soon.") { Status = StatusCodes.Status503ServiceUnavailable, RetryAfter = TimeSpan.FromSeconds(1) });
        }
    }

    private bool Concerns(ClientRecord client, System.Security.Claims.ClaimsPrincipal principal) =>
        principal.GetClaim(Claims.ClientId) == client.ClientId
        || client.OwnBrains.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(resources.OfBrain).Any(resource => resource is not null && principal.HasAudience(resource.Uri));
}
