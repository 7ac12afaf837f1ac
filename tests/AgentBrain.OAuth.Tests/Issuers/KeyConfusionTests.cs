using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class KeyConfusionTests : IDisposable
{
    private static readonly Signer Rsa = Signer.Rsa("rsa");
    private static readonly Signer Pss = Signer.Rsa("pss", "PS256");
    private static readonly Signer Ec = Signer.Ec("ec");
    private static readonly Signer Ec384 = Signer.Ec("ec384", "ES384");
    private readonly FakeIssuer _issuer = new(Rsa, Pss, Ec, Ec384);
    private readonly Verifier _verifier;

    public KeyConfusionTests() => _verifier = new Verifier(_issuer);

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task Tokens_of_all_four_algorithms_are_good()
    {
        foreach (var signer in new[] { Rsa, Pss, Ec, Ec384 })
            Assert.Equal("alice", (await _verifier.JudgeAsync(signer.Sign(Claims.Good()))).Token?.Subject);
    }

    [Fact]
    public async Task A_public_key_is_not_taken_for_a_secret()
    {
        byte[][] secrets = [Encoding.ASCII.GetBytes(Rsa.Jwk.ToJsonString()), System.Buffers.Text.Base64Url.DecodeFromChars((string)Rsa.Jwk["n"]!), []];
        foreach (var forger in secrets.Select(secret => Signer.Hmac("rsa", secret)))
        {
            Assert.Equal(Reasons.TokenAlgorithm, (await _verifier.JudgeAsync(forger.Sign(Claims.Good()))).Reason);
            Assert.Equal(Reasons.TokenSignature, (await _verifier.JudgeAsync(forger.Sign(Claims.Good(), header => header["alg"] = "RS256"))).Reason);
        }
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        foreach (var kid in new[] { "rsa", "ec", "" })
            Assert.Equal(Reasons.TokenAlgorithm, (await _verifier.JudgeAsync(Signer.None(kid).Sign(Claims.Good()))).Reason);

        Assert.Equal(Reasons.TokenSignature, (await _verifier.JudgeAsync(Signer.None("rsa").Sign(Claims.Good(), header => header["alg"] = "RS256"))).Reason);
    }

    [Theory]
    [InlineData("rsa", "ES256", Reasons.UnknownKey)]
    [InlineData("ec", "RS256", Reasons.UnknownKey)]
    [InlineData("ec384", "ES256", Reasons.UnknownKey)]
    [InlineData("pss", "RS256", Reasons.TokenSignature)]
    [InlineData("rsa", "PS256", Reasons.TokenSignature)]
    public async Task A_key_is_used_with_no_algorithm_but_its_own(string kid, string alg, string reason)
    {
        var signer = new[] { Rsa, Pss, Ec, Ec384 }.Single(signer => signer.Kid == kid);

        Assert.Equal(reason, (await _verifier.JudgeAsync(signer.Sign(Claims.Good(), header => header["alg"] = alg))).Reason);
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    public async Task A_token_cannot_bring_its_own_key(string name)
    {
        var forger = Signer.Ec("ec");
        var token = forger.Sign(Claims.Good(), header => header[name] = name == "jwk" ? forger.Jwk.DeepClone() : JsonValue.Create("https://evil.example/jwks"));

        Assert.Equal(Reasons.TokenSignature, (await _verifier.JudgeAsync(token)).Reason);
        Assert.DoesNotContain("evil", string.Join(' ', _issuer.Paths), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_one_issuer_verifies_nothing_of_another()
    {
        const string OtherName = "https://other.example/realm";
        var clock = Claims.Clock();
        var otherKey = Signer.Ec("other");
        using var other = new FakeIssuer(otherKey);
        var settings = Claims.Settings with { Issuer = OtherName, JwksUri = new Uri("https://other.example" + FakeIssuer.JwksPath) };
        var verifier = new Verifier(new TrustedIssuers([Verifier.Trust(_issuer, null, clock), Verifier.Trust(other, settings, clock)]));

        Assert.NotNull((await verifier.JudgeAsync(Ec.Sign(Claims.Good()))).Token);
        Assert.NotNull((await verifier.JudgeAsync(otherKey.Sign(Claims.With("iss", OtherName)))).Token);
        Assert.Equal(Reasons.UnknownKey, (await verifier.JudgeAsync(otherKey.Sign(Claims.Good()))).Reason);
        Assert.Equal(Reasons.UnknownKey, (await verifier.JudgeAsync(Ec.Sign(Claims.With("iss", OtherName)))).Reason);
        Assert.Equal(Reasons.TokenSignature, (await verifier.JudgeAsync(Signer.Ec("ec").Sign(Claims.Good()))).Reason);
    }

    [Fact]
    public async Task A_token_of_an_issuer_that_we_do_not_know_asks_nobody()
    {
        Assert.Equal(Reasons.UnknownIssuer, (await _verifier.JudgeAsync(Ec.Sign(Claims.With("iss", "https://evil.example")))).Reason);
        Assert.Empty(_issuer.Paths);
    }
}
