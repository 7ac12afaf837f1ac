using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The bytes of challenges (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1).</summary>
public sealed class ChallengeTests(World world) : IClassFixture<World>
{
    private const string Algorithms = "algs=\"ES256 ES384 PS256 RS256\"";

    private string Metadata => $"resource_metadata=\"{world.Brain.Url}.well-known/oauth-protected-resource/mcp\"";

    [Fact]
    public async Task Each_refusal_has_its_error_in_the_challenge_of_the_scheme_that_was_used()
    {
        var bearer = await new Attempt(world) { Audience = "https://other.example" }.Send(Messages.Modern);
        var bound = await new Attempt(world) { Audience = "https://other.example", Scheme = "DPoP" }.Send(Messages.Modern);
        var proof = await new Attempt(world) { Scheme = "DPoP", Proofs = static _ => [] }.Send(Messages.Modern);

        Assert.Equal([$"Bearer error=\"invalid_token\", error_description=\"The access token is for another resource\", {Metadata}, scope=\"agent-brain:read\"", $"DPoP {Algorithms}, {Metadata}, scope=\"agent-brain:read\""], bearer.Challenges);
        Assert.Equal([$"Bearer {Metadata}, scope=\"agent-brain:read\"", $"DPoP {Algorithms}, error=\"invalid_token\", error_description=\"The access token is for another resource\", {Metadata}, scope=\"agent-brain:read\""], bound.Challenges);
        Assert.Equal([$"Bearer {Metadata}, scope=\"agent-brain:read\"", $"DPoP {Algorithms}, error=\"invalid_dpop_proof\", error_description=\"The request needs one DPoP header with a proof\", {Metadata}, scope=\"agent-brain:read\""], proof.Challenges);
    }

    /// <summary>(granted ∩ vocabulary ∩ policy) ∪ needed, in one order: what clients compare to see that they go in circles.</summary>
    [Theory]
    [InlineData("alice", "agent-brain:read", "index_folder", "agent-brain:read agent-brain:index")]
    [InlineData("alice", "", "index_folder", "agent-brain:index")]
    [InlineData("alice", "agent-brain:subscribe agent-brain:read", "remove_folder", "agent-brain:read agent-brain:subscribe agent-brain:admin")]
    [InlineData("alice", "agent-brain:admin agent-brain:index", "query_count", "agent-brain:read agent-brain:index agent-brain:admin")]
    [InlineData("alice", "openid email agent-brain:read other:admin agent-brain:unknown", "index_folder", "agent-brain:read agent-brain:index")]
    [InlineData("alice", "agent-brain:read agent-brain:read", "index_folder", "agent-brain:read agent-brain:index")]
    [InlineData("carol", "agent-brain:read agent-brain:admin agent-brain:subscribe", "index_folder", "agent-brain:read agent-brain:index")]
    [InlineData("carol", "agent-brain:admin", "query_count", "agent-brain:read")]
    public async Task A_step_up_asks_for_what_was_granted_and_what_is_needed_and_no_more(string subject, string granted, string tool, string asked)
    {
        var replies = new List<Reply>();
        foreach (var generation in Rows.Generations)
        {
            foreach (var _ in Enumerable.Range(0, 3))
            {
                var attempt = new Attempt(world) { Subject = subject, Scope = granted, Tool = tool };
                if (generation != Messages.Modern)
                    attempt.Session = await attempt.OpenSession(generation);
                replies.Add(await attempt.Send(generation));
            }
        }

        Assert.All(replies, reply => Assert.Equal(Expect.Scope, reply.Shape));
        Assert.All(replies, reply => Assert.Equal(asked, reply.Scope));
        Assert.Single(replies.Select(reply => string.Join('\n', reply.Challenges)).Distinct(StringComparer.Ordinal));
        Assert.Equal($"Bearer error=\"insufficient_scope\", error_description=\"The operation needs a scope that the token does not have\", {Metadata}, scope=\"{asked}\"", replies[0].Challenges[0]);
    }

    [Fact]
    public async Task With_a_bound_token_the_step_up_stands_in_the_challenge_of_DPoP()
    {
        var reply = await new Attempt(world) { Scheme = "DPoP", Tool = "remove_folder" }.Send(Messages.Modern);

        Assert.Equal("403 insufficient_scope Bearer: DPoP:insufficient_scope", reply.Shape);
        Assert.Equal("agent-brain:read agent-brain:admin", reply.Scope);
    }

    /// <summary>SR-40: a challenge that no token could meet would send clients in circles.</summary>
    [Theory]
    [InlineData("agent-brain:read")]
    [InlineData("agent-brain:read agent-brain:admin")]
    public async Task What_the_policy_does_not_allow_has_no_challenge(string granted)
    {
        var reply = await new Attempt(world) { Subject = "carol", Scope = granted, Tool = "remove_folder" }.Send(Messages.Modern);

        Assert.Equal(Expect.NotEntitled, reply.Shape);
    }

    [Theory]
    [InlineData("resources/subscribe", "\"uri\":\"a:b\"", Messages.Legacy)]
    [InlineData("subscriptions/listen", "\"notifications\":{\"resourceSubscriptions\":[\"a:b\"]}", Messages.Modern)]
    public async Task A_subscription_asks_for_both_of_its_scopes_at_once(string method, string parameters, string generation)
    {
        foreach (var granted in new[] { "", "agent-brain:read", "agent-brain:subscribe" })
        {
            var attempt = new Attempt(world) { Method = method, Tool = null, Scope = granted, Body = Messages.ModernRequest(method, parameters) };
            attempt.Session = await world.SessionOf("default", generation);

            var reply = await attempt.Send(generation);

            Assert.Equal(Expect.Scope, reply.Shape);
            Assert.Equal("agent-brain:read agent-brain:subscribe", reply.Scope);
        }
    }

    [Theory]
    [InlineData(Messages.Legacy)]
    [InlineData("2025-11-25")]
    public async Task A_stream_without_subscribe_is_not_there_and_asks_for_nothing(string generation)
    {
        var attempt = new Attempt(world) { Scope = "agent-brain:read agent-brain:index agent-brain:admin" };
        attempt.Session = await attempt.OpenSession(generation);
        attempt.Verb = "GET";

        var refused = await attempt.Send(generation);
        var opened = await new Attempt(world) { Scope = "agent-brain:subscribe", Session = attempt.Session, Verb = "GET" }.Send(generation);

        Assert.Equal("405 stream_not_allowed", refused.Shape);
        Assert.Equal("POST|DELETE", string.Join("|", refused.Headers["allow"].SelectMany(value => value.Split(", "))));
        Assert.Equal(Expect.Accepted, opened.Shape);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("agent-brain:read", 200)]
    [InlineData("agent-brain:index", 403)]
    public async Task No_answer_may_be_kept(string? granted, int status)
    {
        var reply = await new Attempt(world) { Scope = granted ?? "", Authorization = granted is null ? static _ => [] : null }.Send(Messages.Modern);

        Assert.Equal(status, reply.Status);
        Assert.Contains("no-store", reply.Header("Cache-Control"));
        Assert.Contains("Authorization", reply.Header("Vary"));
    }

    [Fact]
    public async Task A_brain_names_its_own_metadata_in_its_challenges()
    {
        var reply = await new Attempt(world) { Brain = World.Finance, Authorization = static _ => [] }.Send(Messages.Modern);

        Assert.All(reply.Challenges, challenge => Assert.Contains($"resource_metadata=\"{world.Brain.Url}.well-known/oauth-protected-resource/brains/finance/mcp\"", challenge));
    }

    [Fact]
    public async Task What_a_caller_sends_comes_back_in_no_challenge()
    {
        var reply = await new Attempt(world) { Scope = "agent-brain:read\",error=\"x evil", Tool = "index_folder", Headers = { ["X-Forwarded-Host"] = "evil.example", ["Forwarded"] = "host=evil.example;proto=https" } }.Send(Messages.Modern);

        Assert.Equal(Expect.Scope, reply.Shape);
        Assert.DoesNotContain("evil", string.Join('\n', reply.Challenges));
    }
}
