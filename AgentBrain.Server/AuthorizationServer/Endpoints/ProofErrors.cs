using AgentBrain.OAuth.Dpop;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>What a refused proof is answered with (RFC 9449 §5, §8).</summary>
internal static class ProofErrors
{
    /// <summary>The proof does not do.</summary>
    public const string InvalidProof = "invalid_dpop_proof";

    /// <summary>The proof needs the nonce that comes with the answer.</summary>
    public const string UseNonce = "use_dpop_nonce";

    /// <summary>The request may be right; who would know cannot be asked.</summary>
    public const string TryAgain = "temporarily_unavailable";

    /// <summary>The answer to a verdict.</summary>
    /// <param name="outcome">A verdict with a reason.</param>
    public static ProtocolRefusal Of(ProofOutcome outcome)
    {
        var refusal = Of(outcome.Reason!);
        return refusal with { Nonce = outcome.Nonce, Detail = outcome.Detail, RetryAfter = outcome.RetryAfter };
    }

    private static ProtocolRefusal Of(string reason) => reason switch
    {
        Reasons.ProofNonce => new(reason, UseNonce, "The proof needs the nonce of this answer's DPoP-Nonce header."),
        Reasons.ReplayStoreUnavailable or Reasons.ReplayStoreFull => new(reason, TryAgain, "The proof cannot be checked now; try again soon.") { Status = StatusCodes.Status503ServiceUnavailable },
        Reasons.ProofRate => new(reason, TryAgain, "There are too many proofs of this key; try again soon.") { Status = StatusCodes.Status429TooManyRequests },
        _ => new(reason, InvalidProof, Describe(reason)),
    };

    private static string Describe(string reason) => reason switch
    {
        Reasons.ProofMalformed => "The DPoP header is not one proof, a JWT in compact form.",
        Reasons.ProofClaims => "The proof needs the claims jti, htm, htu and iat, each of its type.",
        Reasons.ProofType => "The proof's typ is not dpop+jwt.",
        Reasons.ProofAlgorithm => "The proof's alg is not among dpop_signing_alg_values_supported.",
        Reasons.ProofKey => "The proof's jwk is not a public key for its alg.",
        Reasons.ProofSignature => "The proof's signature is not by the key in it.",
        Reasons.ProofMethod => "The proof's htm is not the method of the request.",
        Reasons.ProofTarget => "The proof's htu is not the URI of this endpoint.",
        Reasons.ProofTime => "The proof's iat is too old, or in the future.",
        Reasons.ProofReplayed => "The proof was used before; each request needs a new one.",
        _ => "The proof is not good.",
    };
}
