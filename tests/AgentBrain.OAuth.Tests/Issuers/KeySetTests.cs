using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class KeySetTests
{
    private static readonly Signer Rsa = Signer.Rsa("rsa");
    private static readonly Signer Ec = Signer.Ec("ec");

    [Theory]
    [InlineData("RS256", true)]
    [InlineData("PS256", true)]
    [InlineData("ES256", false)]
    [InlineData("HS256", false)]
    [InlineData("none", false)]
    public void The_type_of_a_key_decides_what_it_may_verify(string alg, bool fits) => Assert.Equal(fits, Find(Rsa.Jwk, alg) is not null);

    [Fact]
    public void An_algorithm_that_the_key_names_is_its_only_one()
    {
        var jwk = Change(Rsa.Jwk, ("alg", "PS256"));

        Assert.NotNull(Find(jwk, "PS256"));
        Assert.Null(Find(jwk, "RS256"));
    }

    [Fact]
    public void A_curve_has_one_algorithm()
    {
        Assert.NotNull(Find(Ec.Jwk, "ES256"));
        Assert.Null(Find(Ec.Jwk, "ES384"));
        Assert.NotNull(Find(Signer.Ec("p384", "ES384").Jwk, "ES384"));
    }

    [Fact]
    public void A_key_for_signatures_may_say_so()
    {
        Assert.NotNull(Find(Change(Ec.Jwk, ("use", "sig"), ("key_ops", new JsonArray("verify")), ("alg", "ES256"), ("x5c", new JsonArray("...")), ("ext", true)), "ES256"));
        Assert.NotNull(Find(Change(Ec.Jwk, ("key_ops", new JsonArray("sign", "verify"))), "ES256"));
    }

    public static TheoryData<string, string> BadMembers => new()
    {
        { "use", "\"enc\"" }, { "use", "1" }, { "use", "null" }, { "key_ops", "[]" }, { "key_ops", "\"verify\"" }, { "key_ops", "[\"encrypt\"]" }, { "key_ops", "[1]" },
        { "alg", "\"HS256\"" }, { "alg", "\"RS256\"" }, { "alg", "\"ES384\"" }, { "alg", "1" }, { "kid", "1" }, { "kid", "\"\"" }, { "kid", "null" },
        { "d", "\"AAAA\"" }, { "k", "\"AAAA\"" }, { "p", "1" }, { "kty", "\"oct\"" }, { "kty", "\"OKP\"" }, { "kty", "\"ec\"" }, { "kty", "null" },
        { "crv", "\"P-521\"" }, { "crv", "\"P-384\"" }, { "crv", "\"secp256k1\"" }, { "crv", "1" }, { "x", "1" }, { "x", "\"AAAA\"" }, { "y", "null" },
        { "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"" },
    };

    [Theory]
    [MemberData(nameof(BadMembers))]
    public void A_key_that_is_not_a_public_signature_key_is_left_out(string name, string json) =>
        Assert.Null(Find(Change(Ec.Jwk, (name, JsonNode.Parse(json))), "ES256"));

    [Theory]
    [InlineData("n", "\"AQAB\"")]
    [InlineData("n", "null")]
    [InlineData("e", "\"AQ\"")]
    [InlineData("e", "\"AQAA\"")]
    [InlineData("e", "\"AAEAAQ\"")]
    [InlineData("e", "\"AQAAAAAB\"")]
    [InlineData("e", "\"\"")]
    [InlineData("e", "1")]
    public void A_weak_or_senseless_rsa_key_is_left_out(string name, string json) => Assert.Null(Find(Change(Rsa.Jwk, (name, JsonNode.Parse(json))), "RS256"));

    [Theory]
    [InlineData(1024, false)]
    [InlineData(2047, false)]
    [InlineData(2048, true)]
    [InlineData(8192, true)]
    [InlineData(8200, false)]
    public void Rsa_keys_have_a_size_that_is_neither_weak_nor_a_burden(int bits, bool isGood)
    {
        var modulus = new byte[(bits + 7) / 8];
        modulus[0] = (byte)(0x80 >> ((8 - (bits % 8)) % 8));
        modulus[^1] = 1;

        Assert.Equal(isGood, Find(Change(Rsa.Jwk, ("n", Signer.Encode(modulus))), "RS256") is not null);
    }

    [Fact]
    public void An_even_or_padded_modulus_is_left_out()
    {
        var modulus = new byte[256];
        modulus[0] = 0x80;
        Assert.Null(Find(Change(Rsa.Jwk, ("n", Signer.Encode(modulus))), "RS256"));

        Assert.Null(Find(Change(Rsa.Jwk, ("n", Signer.Encode([0, .. Enumerable.Repeat((byte)0xff, 256)]))), "RS256"));
    }

    [Fact]
    public void An_unsuitable_key_does_not_spoil_the_rest()
    {
        var keys = Read(new JsonArray(1, new JsonObject(), Change(Ec.Jwk, ("d", "AAAA"), ("kid", "private")), Ec.Jwk.DeepClone()), out var ignored);

        Assert.Equal(["ec"], keys!.Value.Select(key => key.Id));
        Assert.Equal(3, ignored.Length);
        Assert.Contains("private members", ignored[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Two_keys_under_one_id_are_told_apart_by_their_algorithm_and_else_not_at_all()
    {
        Signer rsa = Signer.Rsa("same"), ec = Signer.Ec("same"), other = Signer.Ec("same");

        Assert.NotNull(Find(new JsonArray(rsa.Jwk.DeepClone(), ec.Jwk.DeepClone()), "same", "ES256"));
        Assert.Null(Find(new JsonArray(other.Jwk.DeepClone(), ec.Jwk.DeepClone()), "same", "ES256"));
    }

    [Fact]
    public void A_set_is_bounded()
    {
        Assert.NotNull(Read(new JsonArray([.. Enumerable.Range(0, 64).Select(_ => Ec.Jwk.DeepClone())]), out _));
        Assert.Null(Read(new JsonArray([.. Enumerable.Range(0, 65).Select(_ => (JsonNode)1)]), out _));
    }

    [Fact]
    public void A_key_is_made_of_its_public_members_alone()
    {
        var key = Assert.IsType<JsonWebKey>(Find(Change(Ec.Jwk, ("x5u", "https://evil.example"), ("x5t", "AAAA"), ("alg", "ES256")), "ES256"));

        Assert.False(key.HasPrivateKey);
        Assert.Null(key.X5u);
        Assert.Null(key.X5t);
        Assert.Empty(key.X5c);
    }

    private static JsonObject Change(JsonObject jwk, params (string Name, JsonNode? Value)[] members)
    {
        var changed = jwk.DeepClone().AsObject();
        foreach (var (name, value) in members)
            changed[name] = value;

        return changed;
    }

    private static SecurityKey? Find(JsonObject jwk, string alg) => Find(new JsonArray(jwk.DeepClone()), (string?)jwk["kid"]?.AsValue().ToString(), alg);

    private static SecurityKey? Find(JsonArray keys, string? kid, string alg) =>
        KeySet.Follow(null, Read(keys, out _)!.Value, 0).Find(kid, alg, out _);

    private static ImmutableArray<IssuerKey>? Read(JsonArray keys, out ImmutableArray<string> ignored) =>
        KeySet.Read(JsonElement.Parse(new JsonObject { ["keys"] = keys }.ToJsonString()), out ignored);
}
