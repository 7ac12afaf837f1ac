using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Tests.Issuers;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class TokenFuzzTests
{
    [Fact]
    public async Task No_signed_token_is_good_after_a_change()
    {
        var signer = Signer.Rsa("rsa");
        using var issuer = new FakeIssuer(signer, Signer.Rsa("other"));
        var verifier = new Verifier(issuer);
        var token = signer.Sign(Claims.Good());
        Assert.NotNull((await verifier.JudgeAsync(token)).Token);

        var mutator = new Mutator(seed: 1);
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Mutator.Count; i++)
        {
            var mutated = Mutate(mutator, token);
            var outcome = await verifier.JudgeAsync(mutated);
            Assert.True(outcome.Token is null && outcome.Reason is not null, mutated);
            reasons[outcome.Reason] = reasons.GetValueOrDefault(outcome.Reason) + 1;
        }

        // The changes must get as far as each of the checks, or they prove nothing about it.
        foreach (var reason in new[] { Reasons.TokenMalformed, Reasons.UnknownIssuer, Reasons.TokenType, Reasons.TokenAlgorithm, Reasons.UnknownKey, Reasons.TokenSignature })
            Assert.True(reasons.GetValueOrDefault(reason) >= Mutator.Count / 2_000, $"{reason}: {string.Join(", ", reasons)}");
    }

    [Fact]
    public void No_claims_bring_the_rules_to_their_knees_or_past_them()
    {
        var claims = Claims.Good();
        claims["cnf"] = new JsonObject { ["jkt"] = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" };
        claims["realm_access"] = new JsonObject { ["roles"] = new JsonArray("a", "b") };
        claims["aud"] = new JsonArray(Claims.Resource, "account");
        claims["nbf"] = 1_799_999_999.5m;
        var settings = Claims.Settings with { RolesClaim = "realm_access.roles" };
        var rules = new AccessTokenRules(settings, Claims.Clock());
        var good = Encoding.UTF8.GetBytes(claims.ToJsonString());
        var mutator = new Mutator(seed: 2);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            if (!StrictJson.TryReadObject(mutator.Mutate(good), out var mutated))
                continue;

            var outcome = rules.JudgeClaims(mutated);
            Assert.True(outcome.Token is null != outcome.Reason is null);
            if (outcome.Token is not { } token)
                continue;

            accepted++;
            Assert.Equal(Claims.Issuer, mutated.GetProperty("iss").GetString());
            Assert.InRange(token.Subject.Length, 1, 255);
            Assert.InRange(token.ClientId.Length, 1, 255);
            Assert.NotEmpty(token.Audiences);
            Assert.True(token.ExpiresAt - token.IssuedAt <= settings.MaxLifetime && !rules.IsExpired(token));
            Assert.Equal(mutated.TryGetProperty("cnf", out _), token.KeyThumbprint is not null);
        }

        Assert.InRange(accepted, Mutator.Count / 200, Mutator.Count);
    }

    /// <summary>Half of the time in the text, half in what is encoded in it, where a change leaves a well-formed token.</summary>
    private static string Mutate(Mutator mutator, string token)
    {
        if (mutator.Next(2) == 0)
            return Encoding.Latin1.GetString(mutator.Mutate(Encoding.Latin1.GetBytes(token)));

        var parts = token.Split('.');
        var part = mutator.Next(3);
        parts[part] = Signer.Encode(mutator.Mutate(Base64UrlText.Decode(parts[part])!));
        return string.Join('.', parts);
    }
}
