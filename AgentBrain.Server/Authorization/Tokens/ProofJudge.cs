using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Policy;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Does the sender hold the key that the token is bound to (RFC 9449 §7), and is this no copy of an earlier request?</summary>
internal sealed class ProofJudge(ProofValidator proofs, AccessPolicy policy, PrincipalRates rates)
{
    /// <summary>The name of the header with the proof.</summary>
    public const string Header = "DPoP";

    /// <summary>The name of the header with a nonce for the next proof.</summary>
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>Judges the request's proof.</summary>
    /// <returns>Why it does not do; <c>null</c> when it does, and was not seen before.</returns>
    public async ValueTask<Failure?> JudgeAsync(HttpContext context, ProtectedResource resource, string presented, AccessToken token)
    {
        var request = new ProofRequest(context.Request.Headers[Header], context.Request.Method, resource.Uri, presented, token.KeyThumbprint);
        var outcome = await proofs.CheckAsync(request, context.RequestAborted);
        if (outcome.Proof is { } proof)
        {
            if (Excess(context, resource, token) is { } excess)
                return excess;

            outcome = await proofs.ConsumeAsync(proof, resource.Uri, context.RequestAborted);
        }

        if (outcome.Reason is { } reason)
            return new Failure(reason, TokenScheme.DPoP) { Nonce = outcome.Nonce, Detail = outcome.Detail, RetryAfter = outcome.RetryAfter };

        if (outcome.Nonce is { } nonce)
            context.Response.Headers[NonceHeader] = nonce;

        return null;
    }

    /// <summary>
    /// Proofs are remembered, so who may send them is asked before: at a large issuer anybody gets a token, and keys cost nothing
    /// (SR-18). Neither somebody without entitlement nor one caller with many keys may fill the memory of all.
    /// </summary>
    private Failure? Excess(HttpContext context, ProtectedResource resource, AccessToken token)
    {
        if (policy.MaximumFor(resource.Brain, token) is null)
            return new Failure(Reasons.NotEntitled, TokenScheme.DPoP);

        return rates.TryCount(context, token.Issuer, token.Subject, out var retryAfter) ? null : new Failure(Reasons.PrincipalRate, TokenScheme.DPoP) { RetryAfter = retryAfter };
    }
}
