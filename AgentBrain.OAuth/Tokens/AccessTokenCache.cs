using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// Signed tokens that were found right a short while ago, so that a session does not pay for a signature on each request. It says
/// that signature, issuer, type and claims are right, for that resource; whether the token's audience, binding, end, revocation and
/// entitlement are right is asked each time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">Most tokens that are remembered.</param>
public sealed class AccessTokenCache(TimeProvider time, int capacity = 10_000)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private readonly RecentResults<AccessToken> _results = new(time, capacity);

    /// <summary>How many tokens are remembered.</summary>
    public int Count => _results.Count;

    /// <summary>Looks a token up.</summary>
    /// <param name="resource">The URI of the resource that it came to.</param>
    /// <param name="version">The version of keys and settings, read before anything else of this request.</param>
    /// <param name="token">The token's text.</param>
    /// <param name="found">What it says.</param>
    public bool TryGet(string resource, long version, string token, [MaybeNullWhen(false)] out AccessToken found) =>
        _results.TryGet(version, TokenKey.Of(resource, token), out found);

    /// <summary>Remembers a token that was found right; at most a minute, and not beyond its end.</summary>
    /// <param name="resource">The URI of the resource that it came to.</param>
    /// <param name="version">The version that was read before the key was looked up. One read later could belong to keys that this token was not verified with.</param>
    /// <param name="token">The token's text.</param>
    /// <param name="verified">What it says.</param>
    public void Add(string resource, long version, string token, AccessToken verified)
    {
        var left = verified.ExpiresAt - time.GetUtcNow();
        _results.Add(version, TokenKey.Of(resource, token), verified, left < Lifetime ? left : Lifetime);
    }
}
