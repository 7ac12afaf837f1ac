using System.Collections.Frozen;
using AgentBrain.OAuth.Challenges;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>How each reason is answered: with which status, and with which error in the challenge (RFC 6750 §3.1, RFC 9449 §7.1).</summary>
internal static class TokenRefusals
{
    private static readonly FrozenDictionary<string, TokenRefusal> Answers = new Dictionary<string, TokenRefusal>(StringComparer.Ordinal)
    {
        [Reasons.NoCredentials] = new(StatusCodes.Status401Unauthorized, null, "The request needs an access token."),
        [Reasons.WrongScheme] = new(StatusCodes.Status401Unauthorized, null, "The request needs an access token with the scheme Bearer or DPoP."),
        [Reasons.AuthorizationSyntax] = new(StatusCodes.Status400BadRequest, null, "The request must have one Authorization header with one token."),
        [Reasons.TokenExpired] = Token("The access token has expired"),
        [Reasons.TokenRevoked] = Token("The access token was revoked"),
        [Reasons.TokenInactive] = Token("The access token is not active"),
        [Reasons.WrongAudience] = Token("The access token is for another resource"),
        [Reasons.AmbiguousAudience] = Token("The access token is for more than one resource of this server"),
        [Reasons.BrainNotOfIssuer] = Token("The issuer of the access token may not give tokens for this resource"),
        [Reasons.TokenIsBound] = Token("The access token is bound to a key and needs the scheme DPoP and a proof"),
        [Reasons.TokenIsUnbound] = Token("The access token is not bound to a key and cannot be used with the scheme DPoP"),
        [Reasons.DpopRequired] = Token("The resource takes only access tokens that are bound to a key"),
        [Reasons.DpopOff] = Token("The resource does not take the scheme DPoP"),
        [Reasons.IssuerUnavailable] = Later("The keys of the token's issuer are not known yet."),
        [Reasons.IntrospectionUnavailable] = Later("The token's issuer cannot be asked about it."),
        [Reasons.IntrospectionBusy] = Later("Too many tokens are being asked about."),
        [Reasons.RevocationsUnavailable] = Later("It is not known whether the token was revoked."),
        [Reasons.ReplayStoreUnavailable] = Later("It cannot be told whether the proof was used before."),
        [Reasons.ReplayStoreFull] = Later("There is no room to remember the proof."),
        [Reasons.NotEntitled] = new(StatusCodes.Status403Forbidden, null, "This caller has no access to this brain."),
        [Reasons.PrincipalRate] = new(StatusCodes.Status429TooManyRequests, null, "Too many requests of this principal."),
        [Reasons.IntrospectionRate] = new(StatusCodes.Status429TooManyRequests, null, "Too many unknown tokens from this address."),
        [Reasons.ProofRate] = new(StatusCodes.Status429TooManyRequests, null, "Too many proofs with this key."),
        [Reasons.ProofNonce] = new(StatusCodes.Status401Unauthorized, ChallengeError.UseNonce, "The proof must carry the nonce of the DPoP-Nonce header."),
        [Reasons.ProofMissing] = Proof("The request needs one DPoP header with a proof"),
        [Reasons.ProofTime] = Proof("The time of the proof is too far from the server's"),
        [Reasons.ProofMethod] = Proof("The proof is for another method"),
        [Reasons.ProofTarget] = Proof("The proof is for another URI"),
        [Reasons.ProofTokenHash] = Proof("The proof is for another access token"),
        [Reasons.ProofBinding] = Proof("The access token is bound to another key"),
        [Reasons.ProofReplayed] = Proof("The proof was used before"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The answer to a reason. What is not told apart to strangers is answered alike; the reason code tells operators.</summary>
    public static TokenRefusal Of(string reason) =>
        Answers.TryGetValue(reason, out var answer) ? answer
        : reason.StartsWith("proof_", StringComparison.Ordinal) ? Proof("The proof is not valid")
        : Token("The access token is not valid");

    private static TokenRefusal Token(string description) => new(StatusCodes.Status401Unauthorized, ChallengeError.InvalidToken(description), description + ".");

    private static TokenRefusal Proof(string description) => new(StatusCodes.Status401Unauthorized, ChallengeError.InvalidProof(description), description + ".");

    private static TokenRefusal Later(string message) => new(StatusCodes.Status503ServiceUnavailable, null, message);
}

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The error of the challenge; <c>null</c> for none (RFC 6750 §3.1: not without credentials).</param>
/// <param name="Message">One sentence for the body.</param>
internal sealed record TokenRefusal(int Status, ChallengeError? Error, string Message);
