using AgentBrain.OAuth.Revocation;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Judges again a right that was granted some time ago: the token's end, revocation, and what the policy allows now. Nothing in it is
/// remembered from one question to the next but since when revocations have been unknown.
/// </summary>
/// <param name="revocations">What was revoked.</param>
/// <param name="policy">Who may do what.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessCheck(IRevocations revocations, IAccessPolicy policy, TimeProvider time)
{
    /// <summary>How far the clock of an issuer may differ from ours; a token that was let in within it is not cut off at once.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>How long what is open stays open while nothing is known of revocations. New requests are refused meanwhile.</summary>
    public static readonly TimeSpan Unknown = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private DateTimeOffset? _unknownSince;

    /// <summary>Why a right is over, a code of <see cref="Reasons"/>; <c>null</c> while it holds.</summary>
    public string? EndReason(GrantedAccess access)
    {
        if (access.Caller.ExpiresAt is { } expiry && time.GetUtcNow() >= expiry + ClockSkew)
            return Reasons.TokenExpired;

        if (IsRevoked(access.Caller) is not { } revoked)
            return Reasons.RevocationsUnavailable;

        if (revoked)
            return Reasons.TokenRevoked;

        return policy.MaximumFor(access.Caller, access.Resource) is { } allowed && allowed.Covers(access.Needed) ? null : Reasons.NotEntitled;
    }

    /// <summary>
    /// Whether the caller has lost the brain: revoked, or not entitled to anything there. A token that only came to its end takes
    /// nothing away, since the same grant brings the next one; and what is not known takes nothing away either.
    /// </summary>
    public bool IsWithdrawn(Caller caller, ProtectedResource resource) =>
        IsRevoked(caller) is true || policy.MaximumFor(caller, resource) is null;

    /// <returns><c>null</c> when it has not been known for too long.</returns>
    private bool? IsRevoked(Caller caller)
    {
        if (caller.Token is null)
            return false;

        try
        {
            var revoked = revocations.IsRevoked(caller.Token);
            lock (_gate)
                _unknownSince = null;
            return revoked;
        }
        catch (RevocationsUnavailableException)
        {
            lock (_gate)
            {
                _unknownSince ??= time.GetUtcNow();
                return time.GetUtcNow() - _unknownSince >= Unknown ? null : false;
            }
        }
    }
}
