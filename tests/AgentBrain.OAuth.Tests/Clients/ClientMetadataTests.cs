using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Clients;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>What clients say of themselves when they register (RFC 7591 §2, §3.1).</summary>
public sealed class ClientMetadataTests
{
    private const string Loopback = """["http://127.0.0.1/callback"]""";
    private const string Web = """["https://client.example/callback"]""";

    [Fact]
    public void The_least_that_a_client_says_makes_it_a_public_one()
    {
        var metadata = Register($$"""{"redirect_uris":{{Loopback}}}""");

        Assert.Equal("none", metadata.AuthenticationMethod);
        Assert.Equal(["authorization_code", "refresh_token"], metadata.GrantTypes);
        Assert.Equal(
            """{"redirect_uris":["http://127.0.0.1/callback"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"],"application_type":"native","dpop_bound_access_tokens":false}""",
            metadata.ToJson().ToJsonString());
    }

    [Fact]
    public void All_that_is_registered_is_told_again()
    {
        var metadata = Register($$"""
            {"redirect_uris":{{Web}},"client_name":"Editor","client_uri":"https://client.example/","logo_uri":"https://client.example/l.png","tos_uri":"https://client.example/t",
            "policy_uri":"https://client.example/p","software_id":"editor","software_version":"1.2","scope":"a b","dpop_bound_access_tokens":true,"grant_types":["authorization_code"],
            "response_types":["code","token"],"token_endpoint_auth_method":"client_secret_basic","unknown":{"x":[1]},"contacts":["a@example.com"],"application_type":"web"}
            """);

        Assert.True(metadata.RequiresDpop);
        Assert.Equal("Editor", metadata.Name);
        Assert.Equal(
            """{"redirect_uris":["https://client.example/callback"],"token_endpoint_auth_method":"client_secret_basic","grant_types":["authorization_code"],"response_types":["code"],"application_type":"web","dpop_bound_access_tokens":true,"client_name":"Editor","client_uri":"https://client.example/","logo_uri":"https://client.example/l.png","policy_uri":"https://client.example/p","scope":"a b","software_id":"editor","software_version":"1.2","tos_uri":"https://client.example/t"}""",
            metadata.ToJson().ToJsonString());
    }

    [Fact]
    public void Null_is_as_good_as_nothing()
    {
        var metadata = Register($$"""{"redirect_uris":{{Loopback}},"client_name":null,"scope":null,"grant_types":null,"token_endpoint_auth_method":null,"dpop_bound_access_tokens":null,"jwks":null,"client_uri":""}""");

        Assert.Equal(Register($$"""{"redirect_uris":{{Loopback}}}""").ToJson().ToJsonString(), metadata.ToJson().ToJsonString());
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("http://client.example/")]
    [InlineData("not a uri")]
    public void Addresses_of_pages_that_are_not_https_are_left_out(string address) =>
        Assert.Empty(Register(new JsonObject { ["redirect_uris"] = JsonNode.Parse(Loopback), ["client_uri"] = address, ["logo_uri"] = address }.ToJsonString()).Texts);

    [Theory]
    [InlineData("{}", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":null}""", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":[]}""", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":"https://client.example/cb"}""", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":[1]}""", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":["https://a.example/1","https://a.example/2","https://a.example/3","https://a.example/4","https://a.example/5","https://a.example/6","https://a.example/7","https://a.example/8","https://a.example/9","https://a.example/10","https://a.example/11"]}""", "redirect_uris is not a list")]
    [InlineData("""{"redirect_uris":["http://client.example/cb"]}""", "redirect_uris[0] is http off")]
    [InlineData("""{"redirect_uris":["https://client.example/cb#x","javascript:alert(1)"]}""", "redirect_uris[0] has a fragment")]
    public void Without_a_redirect_uri_that_is_one_there_is_no_client(string json, string description)
    {
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse(json), out var problem));
        Assert.Equal("invalid_redirect_uri", problem!.Error);
        Assert.StartsWith(description, problem.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_name", "1", "client_name is not a text")]
    [InlineData("client_name", "[\"x\"]", "client_name is not a text")]
    [InlineData("client_uri", "{}", "client_uri is not a text")]
    [InlineData("scope", "[]", "scope is not a text")]
    [InlineData("software_id", "true", "software_id is not a text")]
    [InlineData("token_endpoint_auth_method", "[]", "token_endpoint_auth_method is not a text")]
    [InlineData("token_endpoint_auth_method", "\"tls_client_auth\"", "token_endpoint_auth_method is none of")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_jwt\"", "token_endpoint_auth_method is none of")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"", "jwks or jwks_uri must be there")]
    [InlineData("grant_types", "\"authorization_code\"", "grant_types is not a list")]
    [InlineData("grant_types", "[1]", "grant_types is not a list")]
    [InlineData("grant_types", "[]", "grant_types has not authorization_code")]
    [InlineData("grant_types", "[\"client_credentials\"]", "grant_types has not authorization_code")]
    [InlineData("response_types", "[\"token\"]", "response_types has not code")]
    [InlineData("dpop_bound_access_tokens", "\"true\"", "dpop_bound_access_tokens is neither")]
    public void What_is_wrong_is_named(string member, string value, string description)
    {
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse($$"""{"redirect_uris":{{Web}},"{{member}}":{{value}}}"""), out var problem));
        Assert.Equal("invalid_client_metadata", problem!.Error);
        Assert.StartsWith(description, problem.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client_name", 200)]
    [InlineData("software_id", 200)]
    [InlineData("software_version", 200)]
    [InlineData("scope", 1000)]
    [InlineData("logo_uri", 2000)]
    public void Texts_have_a_bound(string member, int most)
    {
        Assert.NotNull(Register($$"""{"redirect_uris":{{Web}},"{{member}}":"{{new string('x', most)}}"}"""));
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse($$"""{"redirect_uris":{{Web}},"{{member}}":"{{new string('x', most + 1)}}"}"""), out var problem));
        Assert.Equal($"{member} is longer than {most} characters.", problem!.Description);
    }

    [Fact]
    public void A_web_client_that_asks_for_a_secret_is_a_confidential_one() =>
        Assert.Equal("client_secret_post", Register($$"""{"redirect_uris":{{Web}},"token_endpoint_auth_method":"client_secret_post"}""").AuthenticationMethod);

    [Theory]
    [InlineData("""["http://localhost/cb"]""")]
    [InlineData("""["https://client.example/cb","http://127.0.0.1/cb"]""")]
    [InlineData("""["com.example.app:/cb"]""")]
    public void A_program_on_the_users_machine_gets_no_secret_whatever_it_asks_for(string redirects) =>
        Assert.Equal("none", Register($$"""{"redirect_uris":{{redirects}},"token_endpoint_auth_method":"client_secret_basic","application_type":"web"}""").AuthenticationMethod);

    [Fact]
    public void Keys_are_kept_in_one_form_and_nothing_private_with_them()
    {
        var (first, second) = (Signer.Ec("one"), Signer.Rsa("two"));
        var metadata = Register(WithKeys(Signer.Jwks(first, second)));
        var other = Register(WithKeys(Signer.Jwks(second, first).Replace("\"kty\"", "\"x5u\":\"https://evil.example\",\"kty\"", StringComparison.Ordinal)));

        Assert.Equal(metadata.Jwks, other.Jwks);
        Assert.Equal(metadata.Digest, other.Digest);
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], JsonNode.Parse(metadata.Jwks!)!["keys"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal(["e", "kid", "kty", "n", "use"], JsonNode.Parse(metadata.Jwks!)!["keys"]![1]!.AsObject().Select(member => member.Key));
        Assert.Equal(metadata.Jwks, metadata.ToJson()["jwks"]!.ToJsonString());
    }

    [Theory]
    [InlineData("[]", "is no JWK set")]
    [InlineData("{}", "is no JWK set")]
    [InlineData("""{"keys":{}}""", "is no JWK set")]
    [InlineData("""{"keys":[]}""", "has no public key")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AA"}]}""", "has a private key or a symmetric one")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}]}""", "has a private key or a symmetric one")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}""", "has no public key")]
    public void Keys_that_are_none_are_refused(string jwks, string description)
    {
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse(WithKeys(jwks)), out var problem));
        Assert.StartsWith("jwks " + description, problem!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Eleven_keys_are_too_many()
    {
        Signer[] signers = [.. Enumerable.Range(0, 11).Select(i => Signer.Ec($"k{i}"))];

        Assert.NotNull(Register(WithKeys(Signer.Jwks(signers[1..]))));
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse(WithKeys(Signer.Jwks(signers))), out var problem));
        Assert.Equal("jwks has more than 10 keys.", problem!.Description);
    }

    [Fact]
    public void Keys_and_their_address_together_say_two_things()
    {
        var json = JsonNode.Parse(WithKeys(Signer.Jwks(Signer.Ec("one"))))!;
        json["jwks_uri"] = "https://client.example/keys";

        Assert.Null(ClientMetadataReader.ReadRegistration(Parse(json.ToJsonString()), out var problem));
        Assert.StartsWith("jwks or jwks_uri", problem!.Description, StringComparison.Ordinal);
    }

    /// <summary>An anonymous registration makes the server fetch nothing (SR-31).</summary>
    [Fact]
    public void The_address_of_keys_is_not_taken_from_who_registers()
    {
        Assert.Null(ClientMetadataReader.ReadRegistration(Parse($$"""{"redirect_uris":{{Web}},"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://client.example/keys"}"""), out var problem));
        Assert.StartsWith("jwks_uri is not fetched", problem!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_follows_redirects_method_and_keys_and_nothing_else()
    {
        var key = Signer.Jwks(Signer.Ec("one"));
        string[] same =
        [
            Register("""{"redirect_uris":["https://a.example/1","https://a.example/2"]}""").Digest,
            Register("""{"redirect_uris":["https://a.example/2","https://a.example/1","https://a.example/1"],"client_name":"Other","scope":"x","grant_types":["authorization_code"],"dpop_bound_access_tokens":true}""").Digest,
        ];
        string[] different =
        [
            same[0],
            Register("""{"redirect_uris":["https://a.example/1"]}""").Digest,
            Register("""{"redirect_uris":["https://a.example/1","https://a.example/3"]}""").Digest,
            Register("""{"redirect_uris":["https://a.example/1","https://a.example/2"],"token_endpoint_auth_method":"client_secret_basic"}""").Digest,
            Register(WithKeys(key)).Digest,
            Register(WithKeys(Signer.Jwks(Signer.Ec("one")))).Digest,
            ClientMetadata.DigestOf(["https://client.example/callback"], "private_key_jwt", "https://client.example/keys"),
        ];

        Assert.Single(same.Distinct());
        Assert.Distinct(different);
        Assert.Equal(43, same[0].Length);
    }

    internal static JsonElement Parse(string json) => JsonElement.Parse(Encoding.UTF8.GetBytes(json));

    private static string WithKeys(string jwks) => $$"""{"redirect_uris":{{Web}},"token_endpoint_auth_method":"private_key_jwt","jwks":{{jwks}}}""";

    private static ClientMetadata Register(string json)
    {
        var metadata = ClientMetadataReader.ReadRegistration(Parse(json), out var problem);
        Assert.True(metadata is not null, problem?.Description);
        return metadata;
    }
}
