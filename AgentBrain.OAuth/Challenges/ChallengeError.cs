namespace AgentBrain.OAuth.Challenges;

/// <summary>An error in a challenge.</summary>
/// <param name="Code">The code of RFC 6750 §3.1 or RFC 9449 §7.1.</param>
/// <param name="Description">One sentence in the characters that RFC 6750 §3 allows, with nothing of the caller's in it.</param>
public sealed record ChallengeError(string Code, string Description)
{
    /// <summary>The token is not one that this resource takes.</summary>
    public static ChallengeError InvalidToken(string description) => new("invalid_token", description);

    /// <summary>The proof is not one for this request and token.</summary>
    public static ChallengeError InvalidProof(string description) => new("invalid_dpop_proof", description);

    /// <summary>The proof needs a nonce (RFC 9449 §9).</summary>
    public static ChallengeError UseNonce { get; } = new("use_dpop_nonce", "The proof must carry the nonce of the DPoP-Nonce header");

    /// <summary>The token lacks a scope.</summary>
    public static ChallengeError InsufficientScope { get; } = new("insufficient_scope", "The operation needs a scope that the token does not have");
}
