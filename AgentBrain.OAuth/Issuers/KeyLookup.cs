using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Issuers;

/// <summary>The key that a token has to be verified with, or why there is none.</summary>
/// <param name="Key">The key. It is the same object as long as the issuer publishes it.</param>
/// <param name="Reason"><see cref="Reasons.UnknownKey"/> or <see cref="Reasons.IssuerUnavailable"/>; <c>null</c> when there is a key.</param>
/// <param name="RetryAfter">When it makes sense to try again, for an issuer that cannot be asked.</param>
public readonly record struct KeyLookup(SecurityKey? Key, string? Reason, TimeSpan? RetryAfter = null)
{
    /// <summary>The key is not one of the issuer's.</summary>
    internal static KeyLookup Unknown => new(null, Reasons.UnknownKey);

    /// <summary>Nothing recent enough is known about the issuer's keys.</summary>
    internal static KeyLookup Unavailable(TimeSpan retryAfter) => new(null, Reasons.IssuerUnavailable, retryAfter);
}
