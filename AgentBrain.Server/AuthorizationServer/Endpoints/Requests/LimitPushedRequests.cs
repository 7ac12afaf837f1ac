using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// How many pushed requests may be kept: each is a row, and a public client's name is all that one needs. Past it clients are told to try
/// again, or to send the request by the browser, which needs no row.
/// </summary>
/// <param name="store">The database.</param>
internal sealed class LimitPushedRequests(AuthorityStore store) : IOpenIddictServerHandler<HandlePushedAuthorizationRequestContext>
{
    /// <summary>Most rows of one client.</summary>
    public const int OfClient = 100;

    /// <summary>Most rows altogether.</summary>
    public const int Overall = 2_000;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(HandlePushedAuthorizationRequestContext context)
    {
        var clientId = context.ClientId;
        var (own, all) = await store.ReadAsync(
            async database => (
                await database.PushedRequests.CountAsync(request => request.Application!.ClientId == clientId, context.CancellationToken),
                await database.PushedRequests.CountAsync(context.CancellationToken)),
            context.CancellationToken);
        if (own >= OfClient || all >= Overall)
            context.Refuse(new ProtocolRefusal(Reasons.EndpointRate, ProofErrors.TryAgain, "Too many requests were pushed; try again in a few minutes.") { Status = StatusCodes.Status429TooManyRequests, RetryAfter = TimeSpan.FromMinutes(1) });
    }
}
