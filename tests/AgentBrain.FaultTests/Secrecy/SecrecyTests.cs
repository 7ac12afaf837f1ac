using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.FaultTests.OAuth;
using AgentBrain.FaultTests.Support;
using AgentBrain.OAuth.Tests.Dpop;
using AgentBrain.Server.Tests.Authorization.OAuth;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>Logging at its most verbose and exported telemetry hold no token, code, secret or proof, and neither does the data directory.</summary>
public sealed class SecrecyTests(ITestOutputHelper output)
{
    private const string Indexed = "anchorword4b1c9e7a2d63f805";

    private readonly Secrets _secrets = new();

    [Fact]
    public async Task A_server_that_verifies_tokens_and_proofs_leaves_none_of_them_behind()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var password = _secrets.Keep("Redis password", Invent("redis"));
        Assert.Equal("+OK", await deployment.Redis!.SendAsync("CONFIG", "SET", "requirepass", password));
        await using var server = await WatchedServer.StartAsync(deployment.Options("server", redis: $"{deployment.Redis.ConnectionString},password={password}"), _secrets);
        await Deployment.AwaitHealthAsync(server.Process, 200, TimeSpan.FromSeconds(10));
        var bearer = Keep("token", deployment.Issuer.Token(Deployment.Resource, "agent-brain:read agent-brain:index"));

        await IndexAsync(deployment, server, "Bearer " + bearer);
        foreach (var (status, token) in Tokens(deployment))
            await server.SendAsync(status, Deployment.Call(token));

        await ProveAsync(deployment, server);
        foreach (var secret in new[] { bearer, deployment.Proof(bearer, null), _secrets.Keep("code", Invent("code")) })
            await MisplaceAsync(server, secret, "Bearer " + bearer);

        deployment.Redis.Halt();
        var bound = Keep("bound token", deployment.BoundToken());
        for (var count = 0; count < 10; count++)
            await server.SendAsync(503, Calls.With(("Authorization", "DPoP " + bound), ("DPoP", Keep("refused proof", deployment.Proof(bound, null)))));

        await AssertNothingFoundAsync(server);
    }

    [Fact]
    public async Task A_server_that_asks_its_issuer_leaves_neither_tokens_nor_its_own_secret_behind()
    {
        await using var deployment = await Deployment.AloneAsync();
        var clientSecret = _secrets.Keep("client secret", Invent("client+/ &%"));
        _secrets.Keep("encoded client secret", Uri.EscapeDataString(clientSecret));
        await using var server = await WatchedServer.StartAsync(deployment.Options("server")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_URL", deployment.Issuer.Url + "/introspect")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID", "brain")
            .With("AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET", clientSecret), _secrets);
        var active = _secrets.Keep("active token", deployment.Issuer.Opaque(Deployment.Resource, "agent-brain:read agent-brain:index"));
        var inactive = _secrets.Keep("inactive token", Invent("inactive"));

        await IndexAsync(deployment, server, "Bearer " + active);
        await server.SendAsync(401, Deployment.Call(inactive));
        await MisplaceAsync(server, inactive, "Bearer " + active);

        deployment.Issuer.Failure = 500;
        await server.SendAsync(503, Deployment.Call(_secrets.Keep("token that was asked about in vain", Invent("vain"))));
        deployment.Issuer.Failure = null;
        foreach (var claim in new[] { "exp", "iss", "aud", "scope", "cnf" })
        {
            var odd = deployment.Issuer.Opaque(Deployment.Resource, claims: claims => claims[claim] = new JsonArray(claim, 7));
            await Deployment.SendAsync(server.Process, Deployment.Call(_secrets.Keep("oddly answered token", odd)));
        }

        await deployment.Issuer.DisposeAsync();
        await server.SendAsync(503, Deployment.Call(_secrets.Keep("token that nobody was asked about", Invent("nobody"))));
        await AssertNothingFoundAsync(server);
    }

    [Fact]
    public async Task A_server_with_a_shared_secret_leaves_it_nowhere_nor_what_others_tried()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/kept/anchor.md", Indexed);
        var secret = _secrets.Keep("shared secret", "q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0Ja-eUiOoPlKjM7xCvBn");
        var wrong = _secrets.Keep("wrong secret", Invent("wrong"));
        await using var server = await WatchedServer.StartAsync(new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") }
            .With("AGENT_BRAIN_AUTH", "basic")
            .With("AGENT_BRAIN_PUBLIC_URL", "https://brain.example")
            .With("AGENT_BRAIN_TRUSTED_PROXIES", "192.0.2.1/32")
            .With("AGENT_BRAIN_BASIC_SECRET", secret), _secrets);

        await using (var client = await server.Process.ConnectAsync("Bearer " + secret))
        {
            Assert.Equal("completed", (await client.IndexAsync("root/kept")).Status);
            Assert.NotEmpty(await client.FindAsync(Indexed));
        }

        await server.SendAsync(401, Calls.Authorization($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("x:" + secret))}"));
        await MisplaceAsync(server, wrong, "Bearer " + secret);
        await MisplaceAsync(server, secret, "Bearer " + secret);
        await AssertNothingFoundAsync(server);
    }

    private static string Invent(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private string Keep(string name, string compact) => _secrets.KeepSigned(name, compact);

    /// <summary>With a client as others have it: a session, an index, searches, one of them for something secret.</summary>
    private async Task IndexAsync(Deployment deployment, WatchedServer server, string authorization)
    {
        deployment.Write("root/kept/word.md", Indexed);
        await using var client = await server.Process.ConnectAsync(authorization);
        Assert.Equal("completed", (await client.IndexAsync("root/kept")).Status);
        Assert.NotEmpty(await client.FindAsync(Indexed));
        await client.FindAsync(_secrets.Keep("search", Invent("search")));
        await client.AskAsync("wait_for_job", new { job_id = _secrets.Keep("argument", Invent("argument")), timeout_seconds = 1 });
    }

    /// <summary>Good and bad tokens, with the status of each.</summary>
    private IEnumerable<(int Status, string Token)> Tokens(Deployment deployment)
    {
        var issuer = deployment.Issuer;
        string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null, SigningKey? key = null) => Keep("token", issuer.Token(Deployment.Resource, claims: claims, header: header, key: key));
        using var stranger = SigningKey.EllipticCurve("stranger");
        using var impostor = SigningKey.EllipticCurve(issuer.Keys[0].Id);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        yield return (200, Token());
        yield return (401, Token(claims => claims["exp"] = now - 600));
        yield return (401, Token(claims => claims["nbf"] = now + 600));
        yield return (401, Token(claims => claims["aud"] = "https://elsewhere.example/mcp"));
        yield return (401, Token(claims => claims["iss"] = "https://elsewhere.example"));
        yield return (401, Token(claims => claims["exp"] = "tomorrow"));
        yield return (401, Token(claims => claims.Remove("sub")));
        yield return (403, Token(claims => claims["sub"] = "mallory"));
        yield return (200, Token(claims => claims["scope"] = "openid"));
        yield return (401, Token(header: header => header["typ"] = "JWT"));
        yield return (401, Token(header: header => header["alg"] = "none"));
        yield return (401, Token(header: header => header["alg"] = "HS256"));
        yield return (401, Token(header: header => header["crit"] = new JsonArray("exp")));
        yield return (401, Token(key: stranger));
        yield return (401, Token(key: impostor));
        yield return (401, Token() + ".more");
        yield return (401, Token()[..^10]);
        yield return (401, Token().Replace('.', '_'));
        yield return (401, deployment.BoundToken());
    }

    /// <summary>Good and bad proofs.</summary>
    private async Task ProveAsync(Deployment deployment, WatchedServer server)
    {
        var token = Keep("bound token", deployment.BoundToken());
        byte[] Call(string proof, string? with = null) => Calls.With(("Authorization", "DPoP " + (with ?? token)), ("DPoP", Keep("proof", proof)));
        string Proof(Action<JsonObject> change)
        {
            var claims = ProofMaker.Claims("POST", Deployment.Resource, TimeProvider.System.GetUtcNow(), token);
            change(claims);
            return deployment.Key.Sign(deployment.Key.Header(), claims);
        }

        var nonce = _secrets.Keep("nonce", (await server.SendAsync(401, Call(Proof(claims => claims["nonce"] = "wrong")))).Nonce!);
        byte[] good;
        do
        {
            // Beside the other tests of the machine, Redis may now and then not answer in time.
            good = Call(deployment.Proof(token, nonce));
        }
        while ((await server.SendAsync(200, 503, good)).Status != 200);
        await server.SendAsync(401, 503, good);
        await server.SendAsync(401, Call(Proof(claims => claims["htm"] = "GET")));
        await server.SendAsync(401, Call(Proof(claims => claims["htu"] = "https://elsewhere.example/mcp")));
        await server.SendAsync(401, Call(Proof(claims => claims["iat"] = 7)));
        await server.SendAsync(401, Call(Proof(claims => claims["ath"] = "another-token's-hash-0123456789")));
        await server.SendAsync(401, Call(Proof(claims => claims.Remove("jti"))));
        await server.SendAsync(401, Call(Proof(claims => claims["nonce"] = Invent("nonce"))));
        await server.SendAsync(401, Call(deployment.Proof(token, nonce)[..^3]));
        await server.SendAsync(401, Call(deployment.Proof(token, nonce), with: Keep("unbound token", deployment.BearerToken())));
        await server.SendAsync(401, Calls.With(("Authorization", "Bearer " + token), ("DPoP", Keep("proof", deployment.Proof(token, nonce)))));
        await server.SendAsync(401, Calls.With(("Authorization", "DPoP " + token), ("DPoP", Keep("proof", deployment.Proof(token, nonce))), ("DPoP", Keep("proof", deployment.Proof(token, nonce)))));
        await server.SendAsync(401, Calls.Authorization("DPoP " + token));
    }

    private async Task MisplaceAsync(WatchedServer server, string secret, string authorization)
    {
        if (secret.Count(character => character == '.') == 2)
            Keep("misplaced", secret);

        foreach (var (status, request) in Calls.Misplaced(secret).Concat(Calls.InMessages(authorization, secret)))
            await server.SendAsync(status, request);
        foreach (var request in Calls.Misspelled(secret))
            await server.SendAsync(400, 401, request);
    }

    private async Task AssertNothingFoundAsync(WatchedServer server)
    {
        var found = await server.FindAsync(_secrets, Indexed);
        output.WriteLine($"{_secrets.Count} secrets, {server.Process.Output.Text.Length} characters of output");
        Assert.True(found.Count == 0, $"{found.Count} places, the first:\n{string.Join('\n', found.DistinctBy(place => place.Split('…')[0]).Take(20))}");
    }
}
