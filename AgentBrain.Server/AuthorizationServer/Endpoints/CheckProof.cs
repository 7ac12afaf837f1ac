using AgentBrain.OAuth.Dpop;
using AgentBrain.Server.Authorization.Tokens;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// Judges the proof of a request before anything else is done with it, so that a bad one costs no code, no refresh token and no
/// client anything. What was found is the request's <see cref="TokenRequestProof"/>.
/// </summary>
internal sealed class CheckProof<TContext>(ServerProofs proofs) : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(TContext context)
    {
        var http = context.Http;
        if (!proofs.IsOffered || http.Request.Headers[ProofJudge.Header].Count == 0)
            return;

        var outcome = await proofs.CheckAsync(http, context.EndpointType == OpenIddictServerEndpointType.Token ? EndpointPaths.Token : EndpointPaths.PushedAuthorization);
        if (outcome.Proof is { } proof)
            http.Features.Set(new TokenRequestProof(proof.KeyThumbprint, cancellationToken => ConsumeAsync(http, proof, cancellationToken)));
        else
            context.Refuse(ProofErrors.Of(outcome));
    }

    private async ValueTask<string?> ConsumeAsync(HttpContext http, Proof proof, CancellationToken cancellationToken)
    {
        var outcome = await proofs.ConsumeAsync(proof, cancellationToken);
        if (outcome.Reason is not null)
            http.Features.Set(ProofErrors.Of(outcome));

        return outcome.Reason;
    }
}
