using System.Security.Claims;
using AgentBrain.OAuth.Assertions;
using AgentBrain.OAuth.Replay;
using AgentBrain.Server.AuthorizationServer.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;

/// <summary>
/// Judges the assertion that a client authenticates with, in the place of OpenIddict, which takes one as often as it comes, for as long
/// as it says. Remembering it is the last thing: what cannot be remembered is not believed (SR-46).
/// </summary>
internal sealed class JudgeAssertion(IOpenIddictApplicationManager clients, ClientAssertionRules rules, IReplayStore store) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (string.IsNullOrEmpty(context.ClientAssertion))
            return;

        if (context.ClientAssertionType != ClientAssertionTypes.JwtBearer)
            Refuse(context, "its type is not the one of JWTs");
        else if (ClientAssertionRules.ClientOf(context.ClientAssertion) is not { Length: > 0 } clientId || (context.ClientId is { Length: > 0 } named && named != clientId))
            Refuse(context, "it is of another client, or of none");
        else
            await JudgeAsync(context, clientId);
    }

    private async Task JudgeAsync(ProcessAuthenticationContext context, string clientId)
    {
        if (await clients.FindByClientIdAsync(clientId, context.CancellationToken) is not ClientRecord { AuthenticationMethod: ClientAuthenticationMethods.PrivateKeyJwt, JsonWebKeySet: { } keys })
        {
            Refuse(context, "the client has no keys here");
            return;
        }

        var (assertion, problem) = await rules.JudgeAsync(context.ClientAssertion!, clientId, keys);
        if (assertion is null)
            Refuse(context, problem!);
        else if (await store.AddAsync(rules.Remember(assertion), context.CancellationToken) is { Status: not ReplayStatus.Added } result)
            Refuse(context, result);
        else
            Accept(context, clientId);
    }

    private static void Accept(ProcessAuthenticationContext context, string clientId)
    {
        context.Request.ClientId = clientId;
        context.ClientAssertionPrincipal = new ClaimsPrincipal(new ClaimsIdentity("client assertion")).SetTokenType(TokenTypeIdentifiers.Private.ClientAssertion);
    }

    private static void Refuse(ProcessAuthenticationContext context, string problem) =>
        context.Refuse(new ProtocolRefusal(Reasons.ClientAssertion, Errors.InvalidClient, $"The client assertion is not good: {problem}.") { Detail = problem });

    private static void Refuse(ProcessAuthenticationContext context, ReplayResult result)
    {
        if (result.Status == ReplayStatus.Seen)
        {
            Refuse(context, "it was used before");
            return;
        }

        // Younger than the assertion, the store cannot know it; like one that is down or full, it will do again.
        context.Refuse(new ProtocolRefusal(Reasons.ReplayStoreUnavailable, ProofErrors.TryAgain, "The client assertion cannot be checked now; make a new one soon.")
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            RetryAfter = result.RetryAfter ?? (result.Status == ReplayStatus.NonceNeeded ? ClientAssertionRules.ClockSkew : SoonAgain),
            Detail = result.Detail,
        });
    }
}
