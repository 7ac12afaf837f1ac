namespace AgentBrain.OAuth.Tokens;

/// <summary>A token that was found right, or why not.</summary>
/// <param name="Token">The token; <c>null</c> when it was refused.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>; <c>null</c> when the token is right.</param>
/// <param name="Detail">For the log alone, and never a part of the token that could be used: names of claims, algorithms, key ids.</param>
/// <param name="RetryAfter">When it makes sense to try again, for refusals that pass.</param>
public readonly record struct TokenOutcome(AccessToken? Token, string? Reason, string? Detail = null, TimeSpan? RetryAfter = null)
{
    /// <summary>A token that is right.</summary>
    public static implicit operator TokenOutcome(AccessToken token) => new(token, null);

    /// <summary>A refusal.</summary>
    public static TokenOutcome Refuse(string reason, string? detail = null, TimeSpan? retryAfter = null) => new(null, reason, detail, retryAfter);
}
