using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class HeaderRulesTests
{
    private static readonly Signer Key = Signer.Ec("k");

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("application/at+jwt")]
    [InlineData("Application/At+Jwt")]
    public void An_access_token_says_so(string type) => Assert.Null(Judge(header => header["typ"] = type));

    [Theory]
    [InlineData("JWT")]
    [InlineData("dpop+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("")]
    [InlineData("application/application/at+jwt")]
    [InlineData("at+jwt ")]
    [InlineData(null)]
    public void Any_other_type_is_refused(string? type) =>
        Assert.Equal(Reasons.TokenType, Judge(header => Set(header, "typ", type))?.Reason);

    [Fact]
    public void An_issuer_may_have_other_types() =>
        Assert.Null(Judge(header => header["typ"] = "JWT", Claims.Settings with { TokenTypes = ["JWT", "at+jwt"] }));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("es256")]
    [InlineData("RS512")]
    [InlineData("EdDSA")]
    public void An_algorithm_that_is_not_the_issuers_is_refused(string algorithm) =>
        Assert.Equal(Reasons.TokenAlgorithm, Judge(header => header["alg"] = algorithm)?.Reason);

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public void No_setting_allows_a_symmetric_algorithm_or_none(string algorithm) =>
        Assert.Equal(Reasons.TokenAlgorithm, Judge(header => header["alg"] = algorithm, Claims.Settings with { Algorithms = ["none", "HS256"] })?.Reason);

    [Theory]
    [InlineData("crit", Reasons.TokenCritical)]
    [InlineData("b64", Reasons.TokenCritical)]
    [InlineData("enc", Reasons.TokenEncrypted)]
    [InlineData("zip", Reasons.TokenMalformed)]
    public void What_changes_how_it_is_read_is_refused(string name, string reason) =>
        Assert.Equal(reason, Judge(header => header[name] = new JsonArray("exp"))?.Reason);

    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("jwk")]
    [InlineData("x5c")]
    public void A_key_that_a_token_brings_is_neither_refused_nor_used(string name) => Assert.Null(Judge(header => header[name] = "https://evil.example"));

    [Fact]
    public void An_empty_signature_is_refused()
    {
        var token = Key.Sign(Claims.Good());

        Assert.Equal(Reasons.TokenSignature, Rules().JudgeHeader(CompactToken.Read(token[..(token.LastIndexOf('.') + 1)]))?.Reason);
    }

    [Fact]
    public void The_type_is_judged_before_the_algorithm_and_that_before_the_rest()
    {
        Assert.Equal(Reasons.TokenType, Judge(header => (header["typ"], header["alg"], header["crit"]) = ("JWT", "none", "x"))?.Reason);
        Assert.Equal(Reasons.TokenAlgorithm, Judge(header => (header["alg"], header["crit"]) = ("none", "x"))?.Reason);
    }

    [Theory]
    [InlineData("opaque", Reasons.TokenMalformed)]
    [InlineData("eyJh.e30", Reasons.TokenMalformed)]
    [InlineData("e30.a.b.c.d", Reasons.TokenEncrypted)]
    public void What_is_no_signed_token_is_refused(string token, string reason) => Assert.Equal(reason, Rules().JudgeHeader(CompactToken.Read(token))?.Reason);

    private static void Set(JsonObject header, string name, string? value)
    {
        header.Remove(name);
        if (value is not null)
            header[name] = value;
    }

    private static AccessTokenRules Rules(IssuerSettings? settings = null) => new(settings ?? Claims.Settings, Claims.Clock());

    private static TokenOutcome? Judge(Action<JsonObject> change, IssuerSettings? settings = null) =>
        Rules(settings).JudgeHeader(CompactToken.Read(Key.Sign(Claims.Good(), change)));
}
