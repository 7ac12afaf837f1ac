using System.Text.Json.Nodes;
using AgentBrain.OAuth.Replay;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.Tests.Authorization.OAuth;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Endpoints;

/// <summary>
/// Proofs at the token endpoint (RFC 9449 §5; the requirements of SEP-1932 for authorization servers). A refused proof costs no code.
/// </summary>
public sealed class TokenProofMatrix(ProtocolWorld world) : IClassFixture<ProtocolWorld>
{
    /// <summary>What is sent, and how an honest proof is bent.</summary>
    private static readonly Dictionary<string, Func<ProtocolWorld, TestClient, string[]>> Bent = new(StringComparer.Ordinal)
    {
        ["(1) two headers"] = static (world, client) => [world.Proof(client), world.Proof(client)],
        ["(2) no JWT"] = static (_, _) => ["junk"],
        ["(3) no jti"] = static (world, client) => [world.Proof(client, claims: static claims => claims.Remove("jti"))],
        ["(3) no iat"] = static (world, client) => [world.Proof(client, claims: static claims => claims.Remove("iat"))],
        ["(4) typ JWT"] = static (world, client) => [world.Proof(client, header: static header => header["typ"] = "JWT")],
        ["(5) alg none"] = static (world, client) => [world.Proof(client, header: static header => header["alg"] = "none")],
        ["(5) HS256"] = static (world, client) => [Bends.Hmac(world.Proof(client), [1, 2, 3])],
        ["(6) a broken signature"] = static (world, client) => [Bends.BreakSignature(world.Proof(client))],
        ["(7) a private key"] = static (world, client) => [world.Proof(client, header: static header => header["jwk"]!["d"] = "AAAA")],
        ["(8) another method"] = static (world, client) => [world.Proof(client, claims: static claims => claims["htm"] = "GET")],
        ["(9) another endpoint"] = static (world, client) => [world.Proof(client, EndpointPaths.PushedAuthorization)],
        ["(9) the resource instead"] = static (world, client) => [world.Proof(client, "/mcp")],
        ["(9) the host that was called instead of the public one"] = static (world, client) => [world.Proof(client, claims: claims => claims["htu"] = $"http://localhost:{world.Brain.Port}{EndpointPaths.Token}")],
        ["(11) too old"] = static (world, client) => [world.Proof(client, claims: static claims => claims["iat"] = (long)claims["iat"]! - 301)],
        ["(11) in the future"] = static (world, client) => [world.Proof(client, claims: static claims => claims["iat"] = (long)claims["iat"]! + 65)],
    };

    public static TheoryData<string> BentProofs => [.. Bent.Keys];

    [Theory]
    [MemberData(nameof(BentProofs))]
    public async Task Sep_1932_server_validate_proof(string name)
    {
        using var client = new TestClient();
        var form = await world.CodeForm();
        var refused = await AskAsync(form, Bent[name](world, client));

        Assert.Equal("400 invalid_dpop_proof", refused.Shape);
        Assert.Contains("no-store", refused.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client))).Shape);
    }

    [Fact]
    public async Task Sep_1932_as_token_binding()
    {
        using var client = new TestClient();
        var reply = await AskAsync(await world.CodeForm(), world.Proof(client));

        Assert.Equal("DPoP", reply.Field("token_type"));
        Assert.Equal(client.Key.Thumbprint, JsonNode.Parse(reply.Claim("cnf")!)!["jkt"]!.ToString());
        Assert.Equal("at+jwt", reply.Part(0).GetProperty("typ").GetString());
        Assert.Equal((world.Default, ProtocolWorld.Owner, ProtocolWorld.Editor), (reply.Claim("aud"), reply.Claim("sub"), reply.Claim("client_id")));
        Assert.Equal(["aud", "client_id", "cnf", "exp", "iat", "iss", "jti", "scope", "sid", "sub"], reply.Part(1).EnumerateObject().Select(static claim => claim.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_proof_the_token_is_a_bearer_token()
    {
        var reply = await AskAsync(await world.CodeForm());

        Assert.Equal(("Bearer", null), (reply.Field("token_type"), reply.Claim("cnf")));
        Assert.Equal("agent-brain:read agent-brain:index", reply.Field("scope"));
    }

    [Fact]
    public async Task A_proof_that_was_used_is_refused_and_the_code_is_not_lost()
    {
        using var client = new TestClient();
        var proof = world.Proof(client);
        Assert.Equal("200 -", (await AskAsync(await world.CodeForm(), proof)).Shape);
        var form = await world.CodeForm();

        Assert.Equal("400 invalid_dpop_proof", (await AskAsync(form, proof)).Shape);
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client))).Shape);
    }

    [Fact]
    public async Task A_request_that_fails_does_not_use_its_proof_up()
    {
        using var client = new TestClient();
        var proof = world.Proof(client);
        var form = await world.CodeForm();

        Assert.Equal("400 invalid_grant", (await AskAsync(new(form) { ["code_verifier"] = new string('x', 43) }, proof)).Shape);
        Assert.Equal("400 invalid_grant", (await AskAsync(new(form) { ["code"] = "unknown" }, proof)).Shape);
        Assert.Equal("401 invalid_client", (await AskAsync(new(form) { ["client_id"] = "nobody" }, proof)).Shape);
        Assert.Equal("200 -", (await AskAsync(form, proof)).Shape);
    }

    [Fact]
    public async Task Sep_1932_as_dpop_bound_enforcement()
    {
        var form = await world.CodeForm(ProtocolWorld.Bound);
        Assert.Equal("400 invalid_dpop_proof", (await AskAsync(form)).Shape);

        using var client = new TestClient();
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client))).Shape);
    }

    [Fact]
    public async Task A_brain_that_takes_bound_tokens_only_gets_no_other()
    {
        var form = await world.CodeForm(resource: world.Strict);
        Assert.Equal("400 invalid_dpop_proof", (await AskAsync(form)).Shape);

        using var client = new TestClient();
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client))).Shape);
    }

    [Fact]
    public async Task A_brain_that_takes_no_bound_tokens_refuses_the_proof()
    {
        using var client = new TestClient();
        var form = await world.CodeForm(resource: world.Plain);

        Assert.Equal("400 invalid_dpop_proof", (await AskAsync(form, world.Proof(client))).Shape);
        Assert.Equal(("200 -", "Bearer"), (await AskAsync(form)) is { } reply ? (reply.Shape, reply.Field("token_type")) : default);
    }

    [Fact]
    public async Task RFC_9449_10_another_key_than_the_code_was_bound_to_gets_nothing()
    {
        using var client = new TestClient();
        using var thief = new TestClient();
        var form = await world.CodeForm(key: client.Key.Thumbprint);

        Assert.Equal("400 invalid_grant", (await AskAsync(form, world.Proof(thief))).Shape);
        Assert.Equal("400 invalid_grant", (await AskAsync(form)).Shape);
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client))).Shape);
    }

    [Fact]
    public async Task Sep_1932_server_nonce_a_nonce_of_the_resource_server_is_none_here()
    {
        using var client = new TestClient();
        var nonces = world.Brain.Services.GetRequiredService<AgentBrain.OAuth.Dpop.NonceSource>();
        var form = await world.CodeForm();
        var reply = await AskAsync(form, world.Proof(client, claims: claims => claims["nonce"] = nonces.Issue(world.Issuer)));

        Assert.Equal("400 use_dpop_nonce", reply.Shape);
        Assert.Single(reply.Headers["dpop-nonce"]);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("200 -", (await AskAsync(form, world.Proof(client, claims: claims => claims["nonce"] = reply.Header("DPoP-Nonce")))).Shape);
    }

    [Fact]
    public async Task A_store_that_cannot_remember_answers_503_and_costs_nothing()
    {
        var store = new LameStore();
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<IReplayStore>(store));
        using var browser = await OwnerBrowser.SetUp(brain);
        using var client = new TestClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.Token)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "nobody" }),
        };
        request.Headers.TryAddWithoutValidation("DPoP", client.Proof("", $"http://127.0.0.1:{brain.Port}{EndpointPaths.Token}", claims: static claims => claims["nonce"] = "junk"));
        using var response = await brain.Client.SendAsync(request);
        var reply = await ProtocolReply.OfAsync(response);

        Assert.Equal("503 temporarily_unavailable", reply.Shape);
        Assert.Equal("1", reply.Header("Retry-After"));
    }

    private Task<ProtocolReply> AskAsync(Dictionary<string, string?> form, params string[] proofs) => proofs.Length < 2
        ? world.PostAsync(EndpointPaths.Token, form, request => Array.ForEach(proofs, proof => request.Headers.TryAddWithoutValidation("DPoP", proof)))
        : RawAsync(form, proofs);

    private async Task<ProtocolReply> RawAsync(Dictionary<string, string?> form, string[] proofs)
    {
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsByteArrayAsync();
        var head = $"POST {EndpointPaths.Token} HTTP/1.1\nHost: 127.0.0.1:{world.Brain.Port}\nContent-Type: application/x-www-form-urlencoded\nContent-Length: {body.Length}\n" + string.Concat(proofs.Select(static proof => $"DPoP: {proof}\n"));
        var reply = Reply.Of(await Hosting.RawHttp.Send(world.Brain.Port, head, body));
        return new ProtocolReply(reply.Status, reply.Headers, reply.Body);
    }

    private sealed class LameStore : IReplayStore
    {
        public ReplayEpoch? Current => null;

        public ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken) => new(new ReplayResult(ReplayStatus.Unavailable));

        public ValueTask<bool> RefreshAsync(CancellationToken cancellationToken) => new(false);
    }
}
