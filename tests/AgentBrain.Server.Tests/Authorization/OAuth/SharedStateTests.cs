using System.Net;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>What is shared through Redis, while there is no Redis: calls that depend on it are refused, others go on.</summary>
public sealed class SharedStateTests
{
    // A port that nobody may listen on.
    private const string Nowhere = "127.0.0.1:1";

    [Fact]
    public async Task Without_its_Redis_a_proof_is_refused_and_a_bearer_token_is_not()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, null, "--AGENT_BRAIN_REDIS=" + Nowhere);
        using var client = new TestClient();
        var resource = brain.Url + "mcp";
        var bound = issuer.Token(resource, claims: client.Bind);

        using var proved = await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.ModernRequest("tools/list"), "DPoP " + bound, client.Proof(bound, resource), version: Messages.Modern).Modern("tools/list"));
        using var bearer = await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.ModernRequest("tools/list"), "Bearer " + issuer.Token(resource), version: Messages.Modern).Modern("tools/list"));
        using var health = await brain.Client.GetAsync(new Uri(brain.Url, "health"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, proved.StatusCode);
        Assert.Contains("replay_store_unavailable", await proved.Content.ReadAsStringAsync());
        Assert.NotNull(proved.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains(brain.Log.Lines, line => line.Contains("Not ready", StringComparison.Ordinal) && line.Contains(Nowhere, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_asks_for_health_again_and_again_fills_no_log()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, null, "--AGENT_BRAIN_REDIS=" + Nowhere);
        for (var count = 0; count < 20; count++)
        {
            using var health = await brain.Client.GetAsync(new Uri(brain.Url, "health"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        }

        Assert.Single(brain.Log.Lines, line => line.Contains("Not ready", StringComparison.Ordinal));
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains("Health check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_revocations_are_read_from_Redis_nothing_passes_before_they_were()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await TestBrain.StartOAuth(issuer.Url, null, "--AGENT_BRAIN_REDIS=" + Nowhere, "--AGENT_BRAIN_OAUTH_REVOCATIONS=redis");
        var resource = brain.Url + "mcp";

        using var answer = await brain.Client.SendAsync(TokenRequests.Post(resource, Messages.ModernRequest("tools/list"), "Bearer " + issuer.Token(resource), version: Messages.Modern).Modern("tools/list"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("revocations_unavailable", await answer.Content.ReadAsStringAsync());
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_connection_string_that_is_none_stops_the_start_and_is_not_repeated()
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => TestBrain.StartOAuth("https://as.example", null, "--AGENT_BRAIN_REDIS=,password=hunter2,nonsense=yes"));

        Assert.Contains("AGENT_BRAIN_REDIS is not a connection string", refusal.Message);
        Assert.DoesNotContain("hunter2", refusal.ToString());
    }
}
