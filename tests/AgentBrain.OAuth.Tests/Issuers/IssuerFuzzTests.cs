using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class IssuerFuzzTests
{
    [Fact]
    public async Task No_set_of_keys_brings_the_reader_to_its_knees_or_a_key_past_it()
    {
        Signer ec = Signer.Ec("ec"), rsa = Signer.Rsa("rsa");
        (rsa.Jwk["use"], ec.Jwk["key_ops"], ec.Jwk["alg"]) = ("sig", new JsonArray("verify"), "ES256");
        var good = Encoding.UTF8.GetBytes(Signer.Jwks(ec, rsa));
        var material = KeySet.Read(Parse(good), out _)!.Value.Select(key => key.Key).Cast<JsonWebKey>().Select(key => key.X + key.Y + key.N + key.E).ToHashSet();
        var mutator = new Mutator(seed: 3);
        var (read, foreign) = (0, 0);
        for (var i = 0; i < Mutator.Count; i++)
        {
            if (!StrictJson.TryReadObject(mutator.Mutate(good), out var jwks) || KeySet.Read(jwks, out _) is not { } keys)
                continue;

            read++;
            foreach (var key in keys.Select(key => Assert.IsType<JsonWebKey>(key.Key)))
            {
                Assert.False(key.HasPrivateKey);
                Assert.True(key.Kty == "EC" || key.KeySize is >= 2048 and <= 8192);
                if (!material.Contains(key.X + key.Y + key.N + key.E) && foreign++ < 300)
                    Assert.False(await VerifiesAsync(key, key.Kty == "EC" ? ec : rsa));
            }
        }

        Assert.InRange(read, Mutator.Count / 20, Mutator.Count);
        Assert.True(foreign >= Mutator.Count / 1_000, $"{foreign}");
    }

    [Fact]
    public void No_metadata_leads_to_an_address_that_is_not_the_issuers_or_not_https()
    {
        var good = Encoding.UTF8.GetBytes(FakeIssuer.Metadata(Claims.Issuer));
        var mutator = new Mutator(seed: 4);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            if (!StrictJson.TryReadObject(mutator.Mutate(good), out var metadata))
                continue;

            var address = IssuerMetadata.ReadJwksUri(metadata, Claims.Issuer, out var problem);
            Assert.True(address is null != problem is null);
            if (address is null)
                continue;

            accepted++;
            Assert.Equal(Claims.Issuer, metadata.GetProperty("issuer").GetString());
            Assert.True(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback));
        }

        Assert.InRange(accepted, Mutator.Count / 100, Mutator.Count);
    }

    private static System.Text.Json.JsonElement Parse(byte[] json) => System.Text.Json.JsonElement.Parse(json);

    private static async Task<bool> VerifiesAsync(SecurityKey key, Signer signer) => (await new JsonWebTokenHandler().ValidateTokenAsync(signer.Sign(Claims.Good()), new TokenValidationParameters
    {
        IssuerSigningKeyResolver = (_, _, _, _) => [key],
        ValidateIssuer = false,
        ValidateAudience = false,
        ValidateLifetime = false,
    })).IsValid;
}
