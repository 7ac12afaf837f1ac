using System.Collections.Immutable;

namespace AgentBrain.OAuth.Issuers;

/// <summary>
/// What is expected of the tokens of one authorization server. Defaults are those of RFC 9068 and strict; every difference is
/// said for that issuer and holds for it alone.
/// </summary>
public sealed record IssuerSettings
{
    /// <summary>The issuer identifier, compared byte for byte with <c>iss</c> and with the metadata's <c>issuer</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where the keys are; <c>null</c> to learn it from the issuer's metadata (RFC 8414 §3, then OpenID Connect Discovery).</summary>
    public Uri? JwksUri { get; init; }

    /// <summary>Ask the issuer about each token (RFC 7662) instead of verifying a signature; <c>null</c> for signed tokens. Never both.</summary>
    public IntrospectionSettings? Introspection { get; init; }

    /// <summary>The values of <c>typ</c> in the token's header that mean an access token, compared without case; <c>application/</c> is left out (RFC 9068 §4).</summary>
    public ImmutableArray<string> TokenTypes { get; init; } = ["at+jwt"];

    /// <summary>
    /// When not empty: values that a claim <c>typ</c> in the payload must have. Keycloak's access tokens say <c>Bearer</c> or
    /// <c>DPoP</c> there and have the header of any other token.
    /// </summary>
    public ImmutableArray<string> PayloadTypes { get; init; } = [];

    /// <summary>Signature algorithms, all asymmetric.</summary>
    public ImmutableArray<string> Algorithms { get; init; } = ["ES256", "ES384", "PS256", "RS256"];

    /// <summary>The audience that stands for a brain in this issuer's tokens, where it is not the brain's URI: audience → brain name.</summary>
    public ImmutableDictionary<string, string> Audiences { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The claim with the client's id; the first of these that the token has.</summary>
    public ImmutableArray<string> ClientIdClaims { get; init; } = ["client_id"];

    /// <summary>The claim with the scopes, a text with spaces between them or an array.</summary>
    public string ScopeClaim { get; init; } = "scope";

    /// <summary>The claim with roles or groups, a dotted path such as <c>realm_access.roles</c>; <c>null</c> for none.</summary>
    public string? RolesClaim { get; init; }

    /// <summary>The longest life of a token, <c>exp</c> less <c>iat</c>.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far clocks may differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The brains that this issuer's tokens may be for; empty for all.</summary>
    public ImmutableArray<string> Brains { get; init; } = [];
}

/// <summary>Where and as whom to ask about tokens (RFC 7662 §2.1).</summary>
/// <param name="Endpoint">The introspection endpoint.</param>
/// <param name="ClientId">Our client id there; it authenticates by HTTP Basic (RFC 6749 §2.3.1).</param>
/// <param name="ClientSecret">Our secret there.</param>
public sealed record IntrospectionSettings(Uri Endpoint, string ClientId, string ClientSecret)
{
    /// <summary>How long a token that was found active is believed to be so; never beyond its own end.</summary>
    public TimeSpan PositiveLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a token that was found inactive is believed to be so.</summary>
    public TimeSpan NegativeLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The name and nothing that is secret.</summary>
    public override string ToString() => $"{Endpoint} as {ClientId}";
}
