using System.Text;
using AgentBrain.OAuth.Clients;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>What a stranger could write instead: nothing brings the readers down, and nothing gets past their rules.</summary>
public sealed class ClientFuzzTests
{
    private static readonly string[] Uris =
    [
        "https://client.example/callback?x=1", "http://127.0.0.1:33418/callback", "http://[::1]/callback", "http://localhost/callback", "cursor://anysphere.cursor-mcp/oauth/callback", "com.example.app:/oauth",
    ];

    [Fact]
    public void No_text_is_a_redirect_uri_that_the_platform_sees_otherwise()
    {
        var mutator = new Mutator(seed: 11);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            var good = Uris[mutator.Next(Uris.Length)];
            var text = Encoding.Latin1.GetString(mutator.Mutate(Encoding.ASCII.GetBytes(good)));
            if (!RedirectUri.TryRead(text, out var uri, out var problem))
            {
                Assert.NotNull(problem);
                Assert.False(RedirectUri.Matches(good, text));
                continue;
            }

            accepted++;
            Assert.All(text, character => Assert.InRange(character, '!', '~'));
            Assert.True(uri.Kind != RedirectUriKind.Loopback || uri.Host is "127.0.0.1" or "[::1]" or "localhost");
            if (uri.Kind == RedirectUriKind.PrivateUse)
                continue;

            var seen = new Uri(text);
            Assert.Equal((uri.Scheme, uri.Host, "", ""), (seen.Scheme, seen.Host, seen.UserInfo, seen.Fragment));
            Assert.True(uri.Kind == RedirectUriKind.Https || seen.IsLoopback);
            if (RedirectUri.Matches(good, text) && text != good)
                Assert.Equal((RedirectUriKind.Loopback, new Uri(good).Host, new Uri(good).PathAndQuery), (uri.Kind, seen.Host, seen.PathAndQuery));
        }

        Assert.InRange(accepted, Mutator.Count / 100, Mutator.Count);
    }

    [Fact]
    public void No_text_is_the_id_of_a_document_anywhere_but_on_a_public_name()
    {
        var good = Encoding.ASCII.GetBytes("https://client.example/oauth/client-metadata.json");
        var mutator = new Mutator(seed: 12);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            var text = Encoding.Latin1.GetString(mutator.Mutate(good));
            if (!ClientIdUrl.TryRead(text, allowLoopback: false, out var url, out _))
                continue;

            accepted++;
            var seen = new Uri(text);
            Assert.Equal(("https", url.Host, url.Port, "", ""), (seen.Scheme, seen.Host, seen.Port, seen.Query, seen.Fragment + seen.UserInfo));
            Assert.Equal((UriHostNameType.Dns, text), (seen.HostNameType, url.Text));
            Assert.Contains('.', url.Host);
        }

        Assert.InRange(accepted, Mutator.Count / 100, Mutator.Count);
    }

    [Fact]
    public void No_metadata_makes_a_client_that_breaks_the_rules()
    {
        var key = Signer.Jwks(Signer.Ec("one"));
        byte[][] good =
        [
            Encoding.UTF8.GetBytes($$"""{"client_id":"https://client.example/c","client_name":"Client","redirect_uris":["https://client.example/cb","http://127.0.0.1/cb"],"token_endpoint_auth_method":"none","grant_types":["authorization_code"],"scope":"x","dpop_bound_access_tokens":true,"client_uri":"https://client.example/"}"""),
            Encoding.UTF8.GetBytes($$"""{"client_id":"https://client.example/c","client_name":"Client","redirect_uris":["https://client.example/cb"],"token_endpoint_auth_method":"private_key_jwt","jwks":{{key}}}"""),
        ];
        var mutator = new Mutator(seed: 13);
        var accepted = 0;
        for (var i = 0; i < Mutator.Count; i++)
        {
            if (!StrictJson.TryReadObject(mutator.Mutate(good[i % 2]), out var json))
                continue;

            var (registration, document) = (ClientMetadataReader.ReadRegistration(json, out var first), ClientMetadataReader.ReadDocument(json, "https://client.example/c", out var second));
            Assert.True(registration is null != first is null);
            Assert.True(document is null != second is null);
            foreach (var metadata in new[] { registration, document }.OfType<ClientMetadata>())
            {
                accepted++;
                Assert.InRange(metadata.RedirectUris.Length, 1, 10);
                Assert.All(metadata.RedirectUris, uri => Assert.True(RedirectUri.TryRead(uri, out _, out _)));
                Assert.Contains("authorization_code", metadata.GrantTypes);
                Assert.True(AuthenticationMethod.IsKnown(metadata.AuthenticationMethod));
                Assert.Equal(metadata.AuthenticationMethod == "private_key_jwt", metadata.Jwks is not null || metadata.JwksUri is not null);
                Assert.DoesNotContain("\"d\":", metadata.Jwks ?? "", StringComparison.Ordinal);
                Assert.InRange(metadata.ToJson().ToJsonString().Length, 1, 32 * 1024);
                Assert.Equal(43, metadata.Digest.Length);
            }

            Assert.False(AuthenticationMethod.IsSecret(document?.AuthenticationMethod ?? "none"));
        }

        Assert.InRange(accepted, Mutator.Count / 100, Mutator.Count * 2);
    }
}
