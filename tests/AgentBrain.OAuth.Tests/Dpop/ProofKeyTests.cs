using System.Numerics;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §4.3, numbers 6 and 7; RFC 7518 §6.</summary>
public sealed class ProofKeyTests : IDisposable
{
    private static readonly BigInteger OrderOfP256 = BigInteger.Parse("115792089210356248762697446949407573529996955224135760342422259061068512044369");
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    public void Number_6_a_signature_of_every_algorithm_is_verified_and_another_is_not(string algorithm)
    {
        using var scene = new Scene(new DpopOptions { Algorithms = [algorithm] }, algorithm);
        var proof = scene.Proof();
        var other = scene.Proof();

        Assert.Null(scene.Check(proof).Reason);
        Assert.Equal(Reasons.ProofSignature, scene.Check(proof[..proof.LastIndexOf('.')] + other[other.LastIndexOf('.')..]).Reason);
    }

    [Fact]
    public void Number_6_the_signature_of_another_key_is_refused()
    {
        using var thief = ProofMaker.Create("ES256");

        Assert.Equal(Reasons.ProofSignature, _scene.Check(thief.Sign(_scene.Client.Header(), _scene.Claims())).Reason);
    }

    [Theory]
    [InlineData("RS256", "PS256")]
    [InlineData("PS256", "RS256")]
    public void Number_6_one_padding_does_not_pass_for_the_other(string signedWith, string said)
    {
        using var scene = new Scene(algorithm: signedWith);

        Assert.Equal(Reasons.ProofSignature, scene.Check(scene.Proof(header => header["alg"] = said)).Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(70)]
    public void Number_6_a_signature_of_another_length_is_refused(int length)
    {
        var proof = _scene.Proof();

        Assert.Contains(
            _scene.Check(proof[..(proof.LastIndexOf('.') + 1)] + ProofMaker.Encode(new byte[length])).Reason,
            new[] { Reasons.ProofSignature, Reasons.ProofMalformed });
    }

    [Fact]
    public async Task Number_6_the_twin_of_an_ECDSA_signature_does_not_make_another_proof()
    {
        var proof = _scene.Proof();
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(proof.AsSpan(proof.LastIndexOf('.') + 1));
        var twin = OrderOfP256 - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var bytes = twin.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] other = [.. signature[..32], .. new byte[32 - bytes.Length], .. bytes];

        Assert.Null((await _scene.UseAsync(proof)).Reason);
        Assert.Equal(Reasons.ProofReplayed, (await _scene.UseAsync(proof[..(proof.LastIndexOf('.') + 1)] + ProofMaker.Encode(other))).Reason);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    public void Number_7_a_key_with_a_private_member_is_refused(string name)
    {
        Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header["jwk"]![name] = "AQAB")).Reason);
        Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header["jwk"]![name] = null)).Reason);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"key\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"kty\":\"oct\"}")]
    [InlineData("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")]
    public void Number_7_what_is_no_key_for_the_algorithm_is_refused(string jwk) =>
        Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header["jwk"] = JsonNode.Parse(jwk))).Reason);

    [Fact]
    public void Number_7_no_key_is_refused() => Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header.Remove("jwk"))).Reason);

    [Theory]
    [InlineData("kty", "RSA")]
    [InlineData("kty", "ec")]
    [InlineData("crv", "P-384")]
    [InlineData("crv", "secp256k1")]
    [InlineData("alg", "ES384")]
    [InlineData("x", "")]
    [InlineData("x", "AQ")]
    [InlineData("y", "AQAB")]
    public void RFC_7518_6_2_members_that_do_not_go_together_are_refused(string name, string value) =>
        Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header["jwk"]![name] = value)).Reason);

    [Theory]
    [InlineData("ES256", "ES384")]
    [InlineData("ES384", "ES256")]
    [InlineData("ES256", "RS256")]
    [InlineData("RS256", "ES256")]
    public void RFC_7518_3_1_a_key_of_another_kind_than_the_algorithm_is_refused(string key, string said)
    {
        using var scene = new Scene(algorithm: key);

        Assert.Equal(Reasons.ProofKey, scene.Check(scene.Proof(header => header["alg"] = said)).Reason);
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("rsa")]
    [InlineData("oct")]
    [InlineData(null)]
    public void RFC_7518_6_3_an_RSA_key_says_that_it_is_one(string? type)
    {
        using var scene = new Scene(algorithm: "RS256");

        Assert.Equal(Reasons.ProofKey, scene.Check(scene.Proof(header => header["jwk"]!["kty"] = type)).Reason);
    }

    [Fact]
    public void RFC_7518_6_2_1_2_coordinates_have_exactly_the_curves_length()
    {
        var x = System.Buffers.Text.Base64Url.DecodeFromChars(_scene.Client.Jwk()["x"]!.GetValue<string>());

        foreach (byte[] other in new byte[][] { [0, .. x], [.. x, 0], x[1..], [] })
            Assert.Equal(Reasons.ProofKey, _scene.Check(_scene.Proof(header => header["jwk"]!["x"] = ProofMaker.Encode(other))).Reason);
    }

    [Fact]
    public void RFC_7518_6_2_a_point_that_is_not_on_the_curve_is_no_key()
    {
        ProofOutcome Off(string x, string y)
        {
            var header = _scene.Client.Header();
            (header["jwk"]!["x"], header["jwk"]!["y"]) = (x, y);
            return _scene.Validator.Check(_scene.Request(_scene.Client.Sign(header, _scene.Claims())) with { KeyThumbprint = null });
        }

        var jwk = _scene.Client.Jwk();
        var zero = ProofMaker.Encode(new byte[32]);
        var most = ProofMaker.Encode(Enumerable.Repeat((byte)0xff, 32).ToArray());
        Assert.Equal(Reasons.ProofKey, Off(jwk["y"]!.GetValue<string>(), jwk["x"]!.GetValue<string>()).Reason);
        Assert.Equal(Reasons.ProofKey, Off(zero, zero).Reason);
        Assert.Equal(Reasons.ProofKey, Off(most, most).Reason);
    }

    [Theory]
    [InlineData(1024, Reasons.ProofKey)]
    [InlineData(2047, Reasons.ProofKey)]
    [InlineData(2048, Reasons.ProofSignature)]
    [InlineData(3071, Reasons.ProofSignature)]
    [InlineData(4096, Reasons.ProofSignature)]
    [InlineData(4097, Reasons.ProofKey)]
    public void RFC_7518_3_3_an_RSA_key_has_2048_to_4096_bits_or_its_signature_is_not_even_looked_at(int bits, string reason)
    {
        var modulus = new byte[(bits + 7) / 8];
        modulus[0] = (byte)(1 << ((bits - 1) % 8));
        modulus[^1] = 1;
        var header = new JsonObject
        {
            ["typ"] = "dpop+jwt",
            ["alg"] = "RS256",
            ["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = ProofMaker.Encode(modulus), ["e"] = "AQAB" },
        };

        Assert.Equal(reason, _scene.Validator.Check(_scene.Request(_scene.Client.Sign(header, _scene.Claims())) with { KeyThumbprint = null }).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AA")]
    [InlineData("AQ")]
    [InlineData("Ag")]
    [InlineData("AAEAAQ")]
    [InlineData("AQAA")]
    [InlineData("AQAAAAE")]
    public void RFC_7518_6_3_1_2_an_exponent_is_odd_at_least_3_of_at_most_32_bits_and_without_leading_zeros(string exponent)
    {
        using var scene = new Scene(algorithm: "RS256");

        Assert.Equal(Reasons.ProofKey, scene.Check(scene.Proof(header => header["jwk"]!["e"] = exponent)).Reason);
    }

    [Fact]
    public void RFC_7518_6_3_1_1_a_modulus_is_odd_and_without_leading_zeros()
    {
        using var scene = new Scene(algorithm: "RS256");
        var modulus = System.Buffers.Text.Base64Url.DecodeFromChars(scene.Client.Jwk()["n"]!.GetValue<string>());
        byte[] even = [.. modulus[..^1], (byte)(modulus[^1] - 1)];

        foreach (byte[] other in new byte[][] { [0, .. modulus], even, [.. modulus, .. new byte[400]] })
            Assert.Equal(Reasons.ProofKey, scene.Check(scene.Proof(header => header["jwk"]!["n"] = ProofMaker.Encode(other))).Reason);
    }

    [Fact]
    public void RFC_7638_names_certificates_and_addresses_in_a_key_neither_count_nor_change_its_thumbprint()
    {
        var proof = _scene.Proof(header =>
        {
            header["kid"] = "other";
            header["jwk"]!["kid"] = "x";
            header["jwk"]!["x5u"] = "https://attacker.example/";
            header["jwk"]!["jku"] = "https://attacker.example/";
            header["jwk"]!["x5c"] = new JsonArray("AAAA");
            header["jwk"]!["use"] = "enc";
            header["jwk"]!["alg"] = "ES256";
        });

        Assert.Equal(_scene.Client.Thumbprint, _scene.Check(proof).Proof?.KeyThumbprint);
    }
}
