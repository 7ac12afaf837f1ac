using System.Collections.Immutable;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// What a token says once its signature (or its issuer's answer), its type and its claims were found right. Audience, binding,
/// end of life, revocation and entitlement are judged on every request, not here.
/// </summary>
public sealed record AccessToken
{
    /// <summary>The issuer, one of those configured.</summary>
    public required string Issuer { get; init; }

    /// <summary>The subject at that issuer; never empty. Only together with the issuer it names somebody.</summary>
    public required string Subject { get; init; }

    /// <summary>The client that the token was issued to; never empty.</summary>
    public required string ClientId { get; init; }

    /// <summary>All audiences, as the token has them.</summary>
    public required ImmutableArray<string> Audiences { get; init; }

    /// <summary>What of our vocabulary was granted.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The thumbprint of the key that it is bound to (RFC 9449 §6.1, <c>cnf.jkt</c>), or <c>null</c>.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The token's id (<c>jti</c>), if it has one.</summary>
    public string? TokenId { get; init; }

    /// <summary>The session or grant that it came from (<c>sid</c>), if it says so.</summary>
    public string? SessionId { get; init; }

    /// <summary>Roles or groups of the subject, where the issuer's settings name the claim.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];
}
