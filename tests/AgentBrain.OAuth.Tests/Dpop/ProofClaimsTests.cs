using System.Text.Json.Nodes;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §4.3, numbers 3, 8, 9, 11 and 12.</summary>
public sealed class ProofClaimsTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("jti")]
    [InlineData("htm")]
    [InlineData("htu")]
    [InlineData("iat")]
    public void Number_3_a_proof_without_one_of_its_claims_is_refused(string name) =>
        Assert.Equal(Reasons.ProofClaims, _scene.Check(_scene.Proof(claims: claims => claims.Remove(name))).Reason);

    [Theory]
    [InlineData("jti", "1")]
    [InlineData("jti", "null")]
    [InlineData("jti", "\"\"")]
    [InlineData("jti", "[\"x\"]")]
    [InlineData("htm", "true")]
    [InlineData("htm", "[\"POST\"]")]
    [InlineData("htu", "null")]
    [InlineData("htu", "{}")]
    [InlineData("iat", "\"1795608600\"")]
    [InlineData("iat", "null")]
    [InlineData("iat", "true")]
    [InlineData("iat", "-1")]
    [InlineData("iat", "1e400")]
    [InlineData("iat", "-1e400")]
    [InlineData("iat", "1e300")]
    [InlineData("iat", "253402300800")]
    [InlineData("iat", "99999999999999999999999999999999999999999999")]
    [InlineData("ath", "1")]
    [InlineData("ath", "null")]
    [InlineData("nonce", "1")]
    [InlineData("nonce", "null")]
    public void Number_3_a_claim_of_another_type_or_out_of_all_bounds_is_refused(string name, string value)
    {
        var claims = _scene.Claims();
        claims.Remove(name);
        var json = claims.ToJsonString();

        Assert.Equal(Reasons.ProofClaims, _scene.Check(_scene.Client.Sign(_scene.Client.Header().ToJsonString(), $"{json[..^1]},\"{name}\":{value}}}")).Reason);
    }

    [Theory]
    [InlineData("jti")]
    [InlineData("htm")]
    [InlineData("nonce")]
    public void Number_3_half_a_character_is_no_text(string name)
    {
        var claims = _scene.Claims();
        claims.Remove(name);

        Assert.Equal(
            Reasons.ProofClaims, _scene.Check(_scene.Client.Sign(_scene.Client.Header().ToJsonString(), $"{claims.ToJsonString()[..^1]},\"{name}\":\"\\udc00\"}}")).Reason);
    }

    [Theory]
    [InlineData(128, null)]
    [InlineData(129, Reasons.ProofClaims)]
    public void Section_11_1_a_jti_has_at_most_128_characters(int length, string? reason) =>
        Assert.Equal(reason, _scene.Check(_scene.Proof(claims: claims => claims["jti"] = new string('x', length))).Reason);

    [Theory]
    [InlineData("GET")]
    [InlineData("post")]
    [InlineData("Post")]
    [InlineData("POST ")]
    [InlineData("")]
    public void Number_8_another_method_is_refused_and_case_counts(string method) =>
        Assert.Equal(Reasons.ProofMethod, _scene.Check(_scene.Proof(claims: claims => claims["htm"] = method)).Reason);

    [Theory]
    [InlineData("https://other.example/mcp")]
    [InlineData("https://brain.example/brains/x/mcp")]
    [InlineData("https://brain.example/MCP")]
    [InlineData("http://brain.example/mcp")]
    [InlineData("https://brain.example:8443/mcp")]
    [InlineData("https://brain.example/mcp//")]
    [InlineData("https://me@brain.example/mcp")]
    [InlineData("https://brain.example/x/../mcp")]
    [InlineData("https://brain.example\\mcp")]
    [InlineData("/mcp")]
    [InlineData("")]
    public void Number_9_another_target_is_refused(string target) =>
        Assert.Equal(Reasons.ProofTarget, _scene.Check(_scene.Proof(claims: claims => claims["htu"] = target)).Reason);

    [Theory]
    [InlineData("HTTPS://Brain.EXAMPLE:443/mcp")]
    [InlineData("https://brain.example/%6dcp")]
    [InlineData("https://brain.example/mcp/")]
    [InlineData("https://brain.example/mcp?x=1#y")]
    public void Number_9_another_spelling_of_the_target_is_accepted(string target) =>
        Assert.Null(_scene.Check(_scene.Proof(claims: claims => claims["htu"] = target)).Reason);

    [Fact]
    public void Number_9_what_cannot_be_read_equals_nothing_not_even_itself() => Assert.Equal(
        Reasons.ProofTarget,
        _scene.Validator.Check(_scene.Request(_scene.Proof(claims: claims => claims["htu"] = "nonsense")) with { TargetUri = "nonsense" }).Reason);

    [Theory]
    [InlineData(-301, Reasons.ProofTime)]
    [InlineData(-300, null)]
    [InlineData(0, null)]
    [InlineData(60, null)]
    [InlineData(61, Reasons.ProofTime)]
    public void Number_11_a_proof_is_at_most_300_seconds_old_and_60_ahead(int seconds, string? reason) =>
        Assert.Equal(reason, _scene.Check(_scene.Proof(claims: claims => claims["iat"] = _scene.Now.AddSeconds(seconds).ToUnixTimeSeconds())).Reason);

    [Theory]
    [InlineData(".75")]
    [InlineData(".0")]
    [InlineData("e0")]
    public void Number_11_fractions_of_a_second_are_cut_off(string fraction)
    {
        var claims = _scene.Claims();
        claims.Remove("iat");
        var json = $"{claims.ToJsonString()[..^1]},\"iat\":{_scene.Now.ToUnixTimeSeconds()}{fraction}}}";

        Assert.Equal(_scene.Now, _scene.Check(_scene.Client.Sign(_scene.Client.Header().ToJsonString(), json)).Proof?.IssuedAt);
    }

    [Fact]
    public void Number_12_a_proof_for_another_token_is_refused()
    {
        using var client = ProofMaker.Create("ES256");
        var other = ProofMaker.Claims("POST", Scene.Target, _scene.Now, "another-token");

        Assert.Equal(Reasons.ProofTokenHash, _scene.Check(_scene.Client.Sign(_scene.Client.Header(), other)).Reason);
        Assert.Equal(Reasons.ProofTokenHash, _scene.Check(_scene.Proof(claims: claims => claims.Remove("ath"))).Reason);
        Assert.Equal(Reasons.ProofTokenHash, _scene.Check(_scene.Proof(claims: claims => claims["ath"] = claims["ath"]!.GetValue<string>() + "=")).Reason);
        Assert.Equal(Reasons.ProofTokenHash, _scene.Check(_scene.Proof(claims: claims => claims["ath"] = "")).Reason);
    }

    [Fact]
    public void Number_12_the_hash_is_of_ASCII_so_another_token_has_none()
    {
        var claims = ProofMaker.Claims("POST", Scene.Target, _scene.Now, "t\u00f6ken");

        Assert.Equal(
            Reasons.ProofTokenHash, _scene.Validator.Check(_scene.Request(_scene.Client.Sign(_scene.Client.Header(), claims)) with { AccessToken = "t\u00f6ken" }).Reason);
    }

    [Fact]
    public void Number_12_a_proof_of_another_key_than_the_tokens_is_refused()
    {
        using var thief = ProofMaker.Create("ES256");

        Assert.Equal(Reasons.ProofBinding, _scene.Check(thief.Sign(thief.Header(), _scene.Claims())).Reason);
    }

    [Fact]
    public void Section_5_at_a_token_endpoint_there_is_neither_token_nor_key_yet()
    {
        using var client = ProofMaker.Create("ES256");
        var request = new ProofRequest(
            [client.Sign(client.Header(), ProofMaker.Claims("POST", "https://as.example/token", _scene.Now))], "POST", "https://as.example/token", null, null);

        Assert.Equal(client.Thumbprint, _scene.Validator.Check(request).Proof?.KeyThumbprint);
    }

    [Fact]
    public void Section_4_2_other_claims_are_none_of_our_business() =>
        Assert.Null(_scene.Check(_scene.Proof(claims: claims => claims["exp"] = new JsonObject())).Reason);
}
