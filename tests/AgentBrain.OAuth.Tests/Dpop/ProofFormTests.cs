using System.Text;
using System.Text.Json.Nodes;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §4.3, numbers 1, 2, 4 and 5.</summary>
public sealed class ProofFormTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_proof_that_is_right_is_accepted()
    {
        var outcome = _scene.Check(_scene.Proof(claims: claims => claims["jti"] = "one"));

        Assert.Null(outcome.Reason);
        Assert.Equal((_scene.Client.Thumbprint, "one", _scene.Now, null), (outcome.Proof!.KeyThumbprint, outcome.Proof.Id, outcome.Proof.IssuedAt, outcome.Proof.Nonce));
    }

    [Fact]
    public void Number_1_no_header_is_a_missing_proof() => Assert.Equal(Reasons.ProofMissing, _scene.Check().Reason);

    [Fact]
    public void Number_1_two_headers_are_refused_even_if_each_is_right() =>
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Proof(), _scene.Proof()).Reason);

    [Fact]
    public void Number_1_two_proofs_in_one_header_are_refused() =>
        Assert.Equal(Reasons.ProofMalformed, _scene.Check($"{_scene.Proof()},{_scene.Proof()}").Reason);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.AA")]
    [InlineData("null")]
    public void Number_2_what_is_no_JWT_is_refused(string? header) => Assert.Contains(_scene.Check(header).Reason, new[] { Reasons.ProofMalformed, Reasons.ProofType });

    [Fact]
    public void Number_2_a_proof_of_8_KiB_is_read_and_a_longer_one_is_not()
    {
        string Padded(int length) => _scene.Proof(claims: claims => claims["padding"] = new string('x', length));
        var size = Enumerable.Range(5_000, 1_000).First(length => Padded(length).Length > 8 * 1024);

        Assert.Null(_scene.Check(Padded(size - 1)).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(Padded(size)).Reason);
    }

    [Theory]
    [InlineData("{0}=.{1}.{2}")]
    [InlineData("{0}.{1}=.{2}")]
    [InlineData("{0}.{1}.{2}=")]
    [InlineData("{0}.{1}.{2}==")]
    [InlineData(" {0}.{1}.{2}")]
    [InlineData("{0}.{1}.{2} ")]
    [InlineData("{0}.{1} .{2}")]
    [InlineData("{0}.{1}\n.{2}")]
    [InlineData("{0}.{1}.{2}\t")]
    [InlineData("{0}.{1}.{2}%")]
    [InlineData("{0}.{1}.{2}.")]
    [InlineData(".{0}.{1}.{2}")]
    [InlineData("{0}.{1}.{2}.{2}.{2}")]
    [InlineData("{0}.{1}.")]
    [InlineData("{0}..{2}")]
    [InlineData("\"{0}.{1}.{2}\"")]
    public void Number_2_padding_white_space_and_more_or_fewer_parts_are_refused(string format)
    {
        var parts = _scene.Proof().Split('.');

        Assert.Equal(Reasons.ProofMalformed, _scene.Check(string.Format(format, parts[0], parts[1], parts[2])).Reason);
    }

    [Fact]
    public void Number_2_bits_beyond_the_last_byte_must_be_zero()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var proof = _scene.Proof();
        Assert.Equal(2, proof.Split('.')[2].Length % 4);

        var other = proof[..^1] + Alphabet[Alphabet.IndexOf(proof[^1]) + 1];

        Assert.Null(_scene.Check(proof).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(other).Reason);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/**/}")]
    [InlineData("{\"\\ud800\":1}")]
    public void Number_2_header_and_claims_are_JSON_objects(string json)
    {
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(json, _scene.Claims().ToJsonString())).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(_scene.Client.Header().ToJsonString(), json)).Reason);
    }

    [Fact]
    public void Number_2_no_name_may_be_there_twice_at_any_depth()
    {
        var header = _scene.Client.Header().ToJsonString();
        var claims = _scene.Claims().ToJsonString();

        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(header.Replace("{\"typ\"", "{\"typ\":\"dpop+jwt\",\"typ\""), claims)).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(header.Replace("\"kty\":\"EC\"", "\"kty\":\"EC\",\"kty\":\"EC\""), claims)).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(header, claims.Replace("{\"jti\"", "{\"htm\":\"POST\",\"jti\""))).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(header, claims.Replace("{\"jti\"", "{\"h\\u0074m\":\"POST\",\"jti\""))).Reason);
    }

    [Fact]
    public void Number_2_text_that_is_not_UTF_8_is_refused()
    {
        var claims = Encoding.UTF8.GetBytes(_scene.Claims().ToJsonString().Replace("{\"jti\"", "{\"x\":\"?\",\"jti\""));
        claims[Array.IndexOf(claims, (byte)'?')] = 0xff;

        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Client.Sign(Encoding.UTF8.GetBytes(_scene.Client.Header().ToJsonString()), claims)).Reason);
    }

    [Fact]
    public void Number_2_deep_nesting_is_refused()
    {
        string Nested(int depth) => _scene.Proof(claims: claims => claims["x"] = JsonNode.Parse(new string('[', depth) + new string(']', depth)));

        Assert.Null(_scene.Check(Nested(7)).Reason);
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(Nested(8)).Reason);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    [InlineData("DPoP+JWT")]
    [InlineData("application/dpop+jwt")]
    [InlineData("dpop+jwt ")]
    [InlineData("")]
    [InlineData(null)]
    public void Number_4_another_type_is_refused(string? type) => Assert.Equal(Reasons.ProofType, _scene.Check(_scene.Proof(header => header["typ"] = type)).Reason);

    [Fact]
    public void Number_4_no_type_is_refused() => Assert.Equal(Reasons.ProofType, _scene.Check(_scene.Proof(header => header.Remove("typ"))).Reason);

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("ES512")]
    [InlineData("RS512")]
    [InlineData("EdDSA")]
    [InlineData("es256")]
    [InlineData("ES256 ")]
    [InlineData("")]
    [InlineData(null)]
    public void Number_5_an_algorithm_that_is_not_listed_is_refused(string? algorithm) =>
        Assert.Equal(Reasons.ProofAlgorithm, _scene.Check(_scene.Proof(header => header["alg"] = algorithm)).Reason);

    [Fact]
    public void Number_5_no_algorithm_is_refused() => Assert.Equal(Reasons.ProofAlgorithm, _scene.Check(_scene.Proof(header => header.Remove("alg"))).Reason);

    [Fact]
    public void Number_5_only_algorithms_that_exist_can_be_listed() =>
        Assert.Throws<ArgumentException>(() => new Scene(new AgentBrain.OAuth.Dpop.DpopOptions { Algorithms = ["ES256", "HS256"] }));

    [Theory]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("crit", "[]")]
    [InlineData("enc", "\"A256GCM\"")]
    [InlineData("b64", "false")]
    public void RFC_7515_4_1_11_what_is_critical_or_encrypted_is_refused(string name, string value) =>
        Assert.Equal(Reasons.ProofMalformed, _scene.Check(_scene.Proof(header => header[name] = JsonNode.Parse(value))).Reason);
}
