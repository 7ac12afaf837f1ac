using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Assertions;

/// <summary>
/// What makes a JWT the authentication of a client (RFC 7523 §3, private_key_jwt): signed by one of the client's keys, of the client
/// about itself, for this issuer and nobody else, short-lived, and with an id by which it is known again.
/// </summary>
/// <param name="issuer">The authorization server's issuer, the one audience. A URL of an endpoint is none: what is for several servers' endpoints could be passed on.</param>
/// <param name="time">The clock.</param>
public sealed class ClientAssertionRules(string issuer, TimeProvider time)
{
    /// <summary>The longest that an assertion may live from now on.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private const int MaxId = 128;

    private static readonly string[] Types = ["JWT", "client-authentication+jwt"];

    /// <summary>The algorithms that an assertion may be signed with.</summary>
    public static ImmutableArray<string> Algorithms { get; } = ["ES256", "ES384", "PS256", "RS256"];

    /// <summary>Whom an assertion says that it is of. Unverified: good for finding the keys, and for nothing else.</summary>
    public static string? ClientOf(string assertion) => CompactToken.Read(assertion).Issuer;

    /// <summary>Judges an assertion.</summary>
    /// <param name="assertion">The JWT.</param>
    /// <param name="clientId">The client, by <see cref="ClientOf"/>.</param>
    /// <param name="keys">The client's keys, a JWKS.</param>
    public async Task<ClientAssertionOutcome> JudgeAsync(string assertion, string clientId, string keys)
    {
        var token = CompactToken.Read(assertion);
        if (token.Header is not { } header || !token.HasSignature || header.Foreign is not null)
            return Refuse("it is not one signed JWT");

        if (!IsType(header.Type))
            return Refuse("its typ is another one's");

        if (!Algorithms.Contains(header.Algorithm, StringComparer.Ordinal))
            return Refuse("its alg is not accepted");

        if (!StrictJson.TryReadObject(Encoding.UTF8.GetBytes(keys), out var jwks) || KeySet.Read(jwks, out _) is not { } known)
            return Refuse("the client's keys cannot be read");

        if (new KeySet(known, 1, 0).Find(header.KeyId, header.Algorithm, out _) is not { } key)
            return Refuse("no key of the client, or more than one, fits its kid and alg");

        return await IsSignedAsync(assertion, key, header.Algorithm) ? JudgeClaims(token.UnverifiedClaims, clientId) : Refuse("its signature is not the client's");
    }

    /// <summary>What a store of proofs is to remember of an assertion, so that it is used once.</summary>
    public ReplayEntry Remember(ClientAssertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var expiresAt = assertion.ExpiresAt + ClockSkew;
        var whose = "client-assertion " + assertion.ClientId;
        return new ReplayEntry(ReplayId.For(whose, assertion.Id), whose, assertion.IssuedAt - ClockSkew, expiresAt, expiresAt - time.GetUtcNow(), NonceEpoch: null);
    }

    private static async Task<bool> IsSignedAsync(string assertion, SecurityKey key, string algorithm)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [algorithm],
            RequireSignedTokens = true,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            TryAllIssuerSigningKeys = true, // The one that was chosen; a kid in the JWK alone must not stand in the way.
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        });
        return result.IsValid;
    }

    /// <summary>RFC 7515 §4.1.9, RFC 7519 §5.1: absent, JWT, or what was made for it; anything else is a token for something else.</summary>
    private static bool IsType(string? type) =>
        type is null || Types.Contains(type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type, StringComparer.OrdinalIgnoreCase);

    private ClientAssertionOutcome JudgeClaims(JsonElement claims, string clientId)
    {
        if (Text(claims, "iss") != clientId || Text(claims, "sub") != clientId)
            return Refuse("its iss and sub are not both the client");

        if (Text(claims, "aud") != issuer)
            return Refuse("its aud is not the issuer, as one string");

        if (Text(claims, "jti") is not { Length: > 0 and <= MaxId } id)
            return Refuse("its jti is missing, or too long");

        if (!claims.TryGetProperty("exp", out var exp) || !NumericDate.TryRead(exp, out var expiresAt))
            return Refuse("its exp is missing, or no time");

        var now = time.GetUtcNow();
        if (now >= expiresAt + ClockSkew || expiresAt > now + MaxLifetime + ClockSkew)
            return Refuse("it is over, or lives longer than five minutes");

        var issuedAt = expiresAt - MaxLifetime;
        foreach (var name in (ReadOnlySpan<string>)["nbf", "iat"])
        {
            if (!claims.TryGetProperty(name, out var value))
                continue;

            if (!NumericDate.TryRead(value, out var at) || at > now + ClockSkew)
                return Refuse($"its {name} is no time, or in the future");

            issuedAt = name == "iat" && at > issuedAt ? at : issuedAt;
        }

        return new ClientAssertionOutcome(new ClientAssertion(clientId, id, issuedAt, expiresAt), null);
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ClientAssertionOutcome Refuse(string problem) => new(null, problem);
}
