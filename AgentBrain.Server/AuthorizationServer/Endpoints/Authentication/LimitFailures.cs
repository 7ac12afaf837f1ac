using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Authentication;

/// <summary>Looks at no secret of a client that failed too often from the same address.</summary>
internal sealed class LimitFailures(ClientFailures failures) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (!string.IsNullOrEmpty(context.ClientSecret) && !failures.MayTry(context.Http, context.ClientId, out var retryAfter))
            context.Refuse(new ProtocolRefusal(Reasons.ClientRate, Errors.InvalidClient, "This client failed to authenticate too often from this address; try again later.") { Status = StatusCodes.Status429TooManyRequests, RetryAfter = retryAfter });

        return default;
    }
}
