using System.Net;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The way of a call from nothing to an answer.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task A_stranger_is_told_where_to_get_a_token_and_a_token_gets_the_answer()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url);
        var resource = brain.Url + "mcp";

        using var stranger = await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.Call("query_count"), null));

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        var metadata = $"{brain.Url}.well-known/oauth-protected-resource/mcp";
        Assert.Equal(
            [$"Bearer resource_metadata=\"{metadata}\", scope=\"agent-brain:read\"", $"DPoP algs=\"ES256 ES384 PS256 RS256\", resource_metadata=\"{metadata}\", scope=\"agent-brain:read\""],
            stranger.Headers.GetValues("WWW-Authenticate"));

        var document = await brain.Client.GetStringAsync(metadata);
        Assert.Equal(
            $$"""{"resource":"{{resource}}","authorization_servers":["{{issuer.Url}}"],"scopes_supported":["agent-brain:read"],"bearer_methods_supported":["header"],"resource_name":"Agent Brain","dpop_signing_alg_values_supported":["ES256","ES384","PS256","RS256"]}""",
            document);

        using var answer = await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.ModernRequest("tools/call", "\"name\":\"query_count\",\"arguments\":{}"), "Bearer " + issuer.Token(resource), version: Messages.Modern).Modern("tools/call", "query_count"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(["query_count"], brain.Log.Calls);
    }

    [Fact]
    public async Task A_bound_token_needs_its_proof_and_the_proof_works_once()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url);
        using var client = new TestClient();
        var resource = brain.Url + "mcp";
        var token = issuer.Token(resource, claims: client.Bind);

        async Task<HttpResponseMessage> Send(string authorization, string? with) =>
            await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.ModernRequest("tools/list"), authorization, with, version: Messages.Modern).Modern("tools/list"));

        // The store of proofs was just born, and cannot know what was accepted before.
        using var early = await Send("DPoP " + token, client.Proof(token, resource));
        Assert.Equal(HttpStatusCode.Unauthorized, early.StatusCode);
        Assert.Contains("error=\"use_dpop_nonce\"", early.Headers.GetValues("WWW-Authenticate").Last());
        var nonce = early.Headers.GetValues("DPoP-Nonce").Single();
        var proof = client.Proof(token, resource, claims: claims => claims["nonce"] = nonce);

        using var good = await Send("DPoP " + token, proof);
        using var replayed = await Send("DPoP " + token, proof);
        using var asBearer = await Send("Bearer " + token, client.Proof(token, resource));

        Assert.True(good.IsSuccessStatusCode, await good.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
        Assert.Contains("DPoP algs=\"ES256 ES384 PS256 RS256\", error=\"invalid_dpop_proof\"", replayed.Headers.GetValues("WWW-Authenticate").Last());
        Assert.Equal(HttpStatusCode.Unauthorized, asBearer.StatusCode);
        Assert.StartsWith("Bearer error=\"invalid_token\"", asBearer.Headers.GetValues("WWW-Authenticate").First());
    }
}
