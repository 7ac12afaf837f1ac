using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Dpop;

/// <summary>What a proof is held against.</summary>
/// <param name="Headers">All values of the <c>DPoP</c> header, as they came.</param>
/// <param name="Method">The request's method.</param>
/// <param name="TargetUri">The request's URI without query and fragment, made from the configured public URL (RFC 9449 §4.3, number 9).</param>
/// <param name="AccessToken">The token that came with it; <c>null</c> at a token endpoint, where there is none yet.</param>
/// <param name="KeyThumbprint">The key that the token is bound to; <c>null</c> where none is expected yet.</param>
public sealed record ProofRequest(IReadOnlyList<string?> Headers, string Method, string TargetUri, string? AccessToken, string? KeyThumbprint)
{
    /// <summary>For whom nonces are made: what <see cref="NonceSource.Issue"/> was given. The target URI, unless said otherwise.</summary>
    public string Resource { get; init; } = TargetUri;
}

/// <summary>A proof that is right by itself; whether it was seen before is asked next.</summary>
/// <param name="KeyThumbprint">The proved key (RFC 7638 with SHA-256, base64url).</param>
/// <param name="Id">The proof's <c>jti</c>.</param>
/// <param name="IssuedAt">Its <c>iat</c>, in whole seconds.</param>
/// <param name="Nonce">The nonce that it carries and that was found right; <c>null</c> when it carries none.</param>
public sealed record Proof(string KeyThumbprint, string Id, DateTimeOffset IssuedAt, string? Nonce)
{
    /// <summary>The epoch under whose secret the nonce was made; a proof with such a nonce is younger than the epoch.</summary>
    internal ReplayEpoch? NonceEpoch { get; init; }

    /// <summary>The key, to be kept for the next proof once this one was accepted.</summary>
    internal ProofKey? Key { get; init; }
}

/// <summary>The verdict on a proof.</summary>
/// <param name="Proof">The proof; <c>null</c> when it was refused.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>; <c>null</c> when the proof is right.</param>
/// <param name="Nonce">A nonce for the client's next proof (header <c>DPoP-Nonce</c>), where it needs one.</param>
/// <param name="Detail">For the log alone.</param>
/// <param name="RetryAfter">When it makes sense to try again, for refusals that pass.</param>
public readonly record struct ProofOutcome(Proof? Proof, string? Reason, string? Nonce = null, string? Detail = null, TimeSpan? RetryAfter = null)
{
    /// <summary>A proof that is right.</summary>
    public static implicit operator ProofOutcome(Proof proof) => new(proof, null);

    /// <summary>A refusal.</summary>
    public static ProofOutcome Refuse(string reason, string? detail = null, TimeSpan? retryAfter = null) => new(null, reason, null, detail, retryAfter);
}
