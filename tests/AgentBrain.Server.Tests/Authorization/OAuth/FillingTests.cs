using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>SR-18: what all callers share has no room for who is not entitled, and not for one caller alone.</summary>
public sealed class FillingTests
{
    [Fact]
    public async Task Somebody_without_entitlement_cannot_fill_the_memory_of_proofs()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(TimeProvider.System), "--AGENT_BRAIN_DPOP_CAPACITY=1000", "--AGENT_BRAIN_DPOP_RATE_PER_KEY=0", "--AGENT_BRAIN_DPOP_PROOFS_PER_KEY=0");
        using var client = new TestClient();
        var resource = brain.Url + "mcp";
        var mallory = issuer.Token(resource, claims: claims => { client.Bind(claims); claims["sub"] = "mallory"; });
        var nonce = await Nonce(brain, client, mallory, resource);

        for (var count = 0; count < 1_001; count++)
            Assert.Equal("not_entitled", (await Solo.Send(brain, "DPoP " + mallory, client.Proof(mallory, resource, claims: claims => claims["nonce"] = nonce))).Reason);

        var alice = issuer.Token(resource, claims: client.Bind);
        Assert.Null((await Solo.Send(brain, "DPoP " + alice, client.Proof(alice, resource, claims: claims => claims["nonce"] = nonce))).Reason);
    }

    [Fact]
    public async Task One_subject_with_many_keys_has_the_rate_of_one_subject()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, null, "--AGENT_BRAIN_RATE_PER_PRINCIPAL=1");
        var resource = brain.Url + "mcp";
        var reasons = new List<string?>();
        for (var count = 0; count < 6; count++)
        {
            using var client = new TestClient();
            var token = issuer.Token(resource, claims: client.Bind);
            var nonce = await Nonce(brain, client, token, resource);
            reasons.Add((await Solo.Send(brain, "DPoP " + token, client.Proof(token, resource, claims: claims => claims["nonce"] = nonce))).Reason);
        }

        Assert.Contains("principal_rate", reasons);
        Assert.Null(reasons[0]);
    }

    [Fact]
    public async Task Names_that_no_brain_has_take_no_room_among_verified_tokens()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, Solo.With(TimeProvider.System));
        var token = issuer.Token(brain.Url + "mcp");
        var verified = brain.Services.GetRequiredService<AccessTokenCache>();
        Assert.Null((await Solo.Send(brain, "Bearer " + token)).Reason);
        Assert.Equal(1, verified.Count);

        for (var count = 0; count < 20; count++)
        {
            using var request = TokenRequests.Post($"{brain.Url}brains/x{count}/mcp", Messages.Ping, "Bearer " + token);
            using var response = await brain.Client.SendAsync(request);
            Assert.Equal("wrong_audience", Reply.Of(response, await response.Content.ReadAsStringAsync()).Reason);
        }

        Assert.Equal(1, verified.Count);
    }

    private static async Task<string> Nonce(TestBrain brain, TestClient client, string token, string resource)
    {
        using var request = TokenRequests.Post(resource, Messages.ModernRequest("tools/list"), "DPoP " + token, client.Proof(token, resource, claims: claims => claims["nonce"] = "wrong"), version: Messages.Modern).Modern("tools/list");
        using var response = await brain.Client.SendAsync(request);
        return response.Headers.GetValues("DPoP-Nonce").Single();
    }
}
