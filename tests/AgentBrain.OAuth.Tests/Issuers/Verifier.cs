using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Tests.Issuers;

/// <summary>The parts put together in the order of RFC 9068 §4, with the signature checked by the library that the host uses.</summary>
internal sealed class Verifier(TrustedIssuers issuers)
{
    private readonly JsonWebTokenHandler _handler = new();

    public Verifier(FakeIssuer issuer, IssuerSettings? settings = null, TimeProvider? clock = null)
        : this(new TrustedIssuers([Trust(issuer, settings, clock ?? Claims.Clock())]))
    {
    }

    public static TrustedIssuer Trust(FakeIssuer issuer, IssuerSettings? settings, TimeProvider clock) =>
        new(settings ?? Claims.Settings, clock, issuer.KeysOf(clock, settings));

    public async Task<TokenOutcome> JudgeAsync(string text)
    {
        var token = CompactToken.Read(text);
        if (issuers.Find(token.Issuer) is not { } issuer)
            return TokenOutcome.Refuse(token.Form == TokenForm.Jws ? Reasons.UnknownIssuer : Reasons.TokenMalformed);

        if (issuer.Rules.JudgeHeader(token) is { } refusal)
            return refusal;

        var lookup = await issuer.Keys!.FindAsync(token.Header!.KeyId, token.Header.Algorithm, TestContext.Current.CancellationToken);
        if (lookup.Key is not { } key)
            return TokenOutcome.Refuse(lookup.Reason!, retryAfter: lookup.RetryAfter);

        return await IsSignedAsync(text, key, issuer.Settings) ? issuer.Rules.JudgeClaims(token.UnverifiedClaims) : TokenOutcome.Refuse(Reasons.TokenSignature);
    }

    private async Task<bool> IsSignedAsync(string text, SecurityKey key, IssuerSettings settings) => (await _handler.ValidateTokenAsync(text, new TokenValidationParameters
    {
        IssuerSigningKeyResolver = (_, _, _, _) => [key],
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = settings.Algorithms,
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
    })).IsValid;
}
