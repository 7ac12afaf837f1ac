using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class ClaimRulesTests
{
    private const string Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    [Fact]
    public void A_good_token_says_who_may_do_what_until_when()
    {
        var token = Judge(Claims.With("sid", "s-1").Element()).Token!;

        Assert.Equal(Claims.Issuer, token.Issuer);
        Assert.Equal("alice", token.Subject);
        Assert.Equal("editor", token.ClientId);
        Assert.Equal([Claims.Resource], token.Audiences);
        Assert.Equal(ScopeSet.Read, token.Scopes);
        Assert.Equal(Claims.Now, token.IssuedAt);
        Assert.Equal(Claims.Now.AddMinutes(15), token.ExpiresAt);
        Assert.Equal("t-1", token.TokenId);
        Assert.Equal("s-1", token.SessionId);
        Assert.Null(token.KeyThumbprint);
        Assert.Empty(token.Roles);
    }

    [Theory]
    [InlineData("\"https://issuer.example/realm/\"")]
    [InlineData("\"https://issuer.example/Realm\"")]
    [InlineData("\"https://other.example\"")]
    [InlineData("[\"https://issuer.example/realm\"]")]
    [InlineData("null")]
    [InlineData(null)]
    public void The_issuer_is_that_one_and_no_other(string? json) => Assert.Equal(Reasons.UnknownIssuer, Judge(Claims.WithRaw("iss", json)).Reason);

    [Theory]
    [InlineData("sub", null)]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "1")]
    [InlineData("sub", "null")]
    [InlineData("sub", "\"a\\u0000b\"")]
    [InlineData("sub", "\"a\\nb\"")]
    [InlineData("sub", "\"a\\u0085b\"")]
    [InlineData("client_id", null)]
    [InlineData("client_id", "\"\"")]
    [InlineData("client_id", "[\"editor\"]")]
    [InlineData("aud", "1")]
    [InlineData("aud", "{}")]
    [InlineData("aud", "[1]")]
    [InlineData("aud", "\"\"")]
    [InlineData("aud", "[[\"https://brain.example/mcp\"]]")]
    [InlineData("scope", "1")]
    [InlineData("scope", "[1]")]
    [InlineData("scope", "{\"agent-brain:read\":true}")]
    [InlineData("jti", "1")]
    [InlineData("jti", "\"\"")]
    [InlineData("sid", "{}")]
    [InlineData("iat", null)]
    [InlineData("iat", "\"1800000000\"")]
    [InlineData("iat", "-1")]
    [InlineData("iat", "1e400")]
    [InlineData("exp", null)]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"1800000900\"")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "99999999999999999999999999999999999")]
    [InlineData("exp", "1800000900000")]
    [InlineData("exp", "true")]
    [InlineData("nbf", "\"0\"")]
    [InlineData("nbf", "null")]
    public void A_claim_that_is_missing_or_not_what_it_has_to_be_is_refused(string name, string? json)
    {
        var outcome = Judge(Claims.WithRaw(name, json));

        Assert.Equal(Reasons.TokenClaims, outcome.Reason);
        Assert.Contains(name == "client_id" && json is null ? "client id" : name, outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_read_up_to_their_longest_length()
    {
        Assert.NotNull(Judge(Claims.With("sub", new string('a', 255)).Element()).Token);
        Assert.Equal(Reasons.TokenClaims, Judge(Claims.With("sub", new string('a', 256)).Element()).Reason);
    }

    [Fact]
    public void The_client_is_the_first_of_the_claims_that_is_there_and_that_one_must_be_good()
    {
        var settings = Claims.Settings with { ClientIdClaims = ["azp", "client_id"] };

        Assert.Equal("editor", Judge(Claims.Good().Element(), settings).Token!.ClientId);
        Assert.Equal("other", Judge(Claims.With("azp", "other").Element(), settings).Token!.ClientId);
        Assert.Equal(Reasons.TokenClaims, Judge(Claims.With("azp", "").Element(), settings).Reason);
    }

    [Fact]
    public void Audiences_are_one_or_several_and_not_none()
    {
        Assert.Equal(["a", "b"], Judge(Claims.WithRaw("aud", "[\"a\",\"b\"]")).Token!.Audiences);
        Assert.Equal(Reasons.WrongAudience, Judge(Claims.WithRaw("aud", null)).Reason);
        Assert.Equal(Reasons.WrongAudience, Judge(Claims.WithRaw("aud", "[]")).Reason);
        Assert.NotNull(Judge(Claims.WithRaw("aud", Many(32))).Token);
        Assert.Equal(Reasons.TokenClaims, Judge(Claims.WithRaw("aud", Many(33))).Reason);
    }

    [Theory]
    [InlineData("[\"agent-brain:read\",\"agent-brain:admin\",\"openid\"]", ScopeSet.Read | ScopeSet.Admin)]
    [InlineData("[\"agent-brain:read agent-brain:admin\"]", ScopeSet.None)]
    [InlineData("\"agent-brain:index agent-brain:subscribe\"", ScopeSet.Index | ScopeSet.Subscribe)]
    [InlineData("\"\"", ScopeSet.None)]
    [InlineData("[]", ScopeSet.None)]
    [InlineData(null, ScopeSet.None)]
    public void Scopes_are_a_text_or_an_array_and_only_ours_count(string? json, ScopeSet expected) =>
        Assert.Equal(expected, Judge(Claims.WithRaw("scope", json)).Token!.Scopes);

    [Fact]
    public void Scopes_are_in_the_claim_that_the_issuer_has_them_in() =>
        Assert.Equal(ScopeSet.Admin, Judge(Claims.WithRaw("scp", "[\"agent-brain:admin\"]"), Claims.Settings with { ScopeClaim = "scp" }).Token!.Scopes);

    [Fact]
    public void A_bound_token_tells_its_key() =>
        Assert.Equal(Thumbprint, Judge(Claims.WithRaw("cnf", $$"""{"jkt":"{{Thumbprint}}"}""")).Token!.KeyThumbprint);

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"" + Thumbprint + "\"")]
    [InlineData("[]")]
    [InlineData("{\"jkt\":1}")]
    [InlineData("{\"jkt\":\"\"}")]
    [InlineData("{\"jkt\":\"short\"}")]
    [InlineData("{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J\"}")]
    [InlineData("{\"jkt\":\"0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}")]
    [InlineData("{\"x5t#S256\":\"" + Thumbprint + "\"}")]
    [InlineData("{\"jkt\":\"" + Thumbprint + "\",\"x5t#S256\":\"" + Thumbprint + "\"}")]
    [InlineData("{\"jkt\":\"" + Thumbprint + "\",\"kid\":\"k\"}")]
    [InlineData("{\"jwk\":{}}")]
    public void A_condition_that_is_not_verified_is_refused(string json) => Assert.Equal(Reasons.TokenConfirmation, Judge(Claims.WithRaw("cnf", json)).Reason);

    [Theory]
    [InlineData("realm_access.roles", "{\"roles\":[\"a\",\"b\"]}", "a b")]
    [InlineData("realm_access.roles", "{\"roles\":\"a\"}", "a")]
    [InlineData("realm_access.roles", "{}", "")]
    [InlineData("realm_access.roles", "[]", "")]
    [InlineData("realm_access.roles.deeper", "{\"roles\":[\"a\"]}", "")]
    [InlineData("other", "{\"roles\":[\"a\"]}", "")]
    public void Roles_are_where_the_issuer_has_them(string path, string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Judge(Claims.WithRaw("realm_access", json), Claims.Settings with { RolesClaim = path }).Token!.Roles));

    [Fact]
    public void A_claim_may_have_dots_in_its_name() =>
        Assert.Equal(["a"], Judge(Claims.WithRaw("https://example.com/roles", "[\"a\"]"), Claims.Settings with { RolesClaim = "https://example.com/roles" }).Token!.Roles);

    [Theory]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("[\"\"]")]
    [InlineData("null")]
    public void Roles_that_are_no_texts_are_refused(string json) =>
        Assert.Equal(Reasons.TokenClaims, Judge(Claims.WithRaw("roles", json), Claims.Settings with { RolesClaim = "roles" }).Reason);

    [Fact]
    public void Roles_are_bounded() =>
        Assert.Equal(Reasons.TokenClaims, Judge(Claims.WithRaw("roles", Many(513)), Claims.Settings with { RolesClaim = "roles" }).Reason);

    [Theory]
    [InlineData("\"Bearer\"", null)]
    [InlineData("\"DPoP\"", null)]
    [InlineData("\"ID\"", Reasons.TokenType)]
    [InlineData("\"Refresh\"", Reasons.TokenType)]
    [InlineData("\"bearer\"", Reasons.TokenType)]
    [InlineData("[\"Bearer\"]", Reasons.TokenType)]
    [InlineData(null, Reasons.TokenType)]
    public void Where_the_header_does_not_tell_the_payload_must(string? json, string? reason) =>
        Assert.Equal(reason, Judge(Claims.WithRaw("typ", json), Claims.Settings with { PayloadTypes = ["Bearer", "DPoP"] }).Reason);

    [Theory]
    [InlineData("\"Bearer\"", null)]
    [InlineData(null, null)]
    [InlineData("\"ID\"", Reasons.TokenType)]
    [InlineData("\"Refresh\"", Reasons.TokenType)]
    [InlineData("1", Reasons.TokenType)]
    public void What_an_issuer_calls_active_is_not_an_access_token_for_that(string? json, string? reason) =>
        Assert.Equal(reason, new AccessTokenRules(Claims.Settings with { PayloadTypes = ["Bearer", "DPoP"] }, Claims.Clock()).JudgeIntrospection(Claims.WithRaw("typ", json)).Reason);

    [Fact]
    public void Claims_are_an_object()
    {
        var rules = new AccessTokenRules(Claims.Settings, Claims.Clock());

        Assert.Equal(Reasons.TokenClaims, rules.JudgeClaims(default).Reason);
        Assert.Equal(Reasons.TokenClaims, rules.JudgeIntrospection(default).Reason);
    }

    private static string Many(int count) => $"[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]";

    private static TokenOutcome Judge(System.Text.Json.JsonElement claims, IssuerSettings? settings = null) =>
        new AccessTokenRules(settings ?? Claims.Settings, Claims.Clock()).JudgeClaims(claims);
}
