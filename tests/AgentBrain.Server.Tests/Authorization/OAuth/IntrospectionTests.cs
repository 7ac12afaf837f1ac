using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>An issuer that is asked about its tokens (RFC 7662, SR-36), within bounds.</summary>
public sealed class IntrospectionTests(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "RFC 7662 §2.2", "an active token", Expect.Accepted, static (attempt, world) => Ask(attempt, world) },
        { "RFC 9449 §6.2", "an active token, bound, with its proof", Expect.Accepted, static (attempt, world) => Ask(attempt, world, static (claims, attempt) => Bind(claims, attempt, "DPoP"), "DPoP") },
        { "RFC 9449 §7.1", "a bound token as Bearer", Expect.BadToken("token_is_bound"), static (attempt, world) => Ask(attempt, world, static (claims, attempt) => Bind(claims, attempt, "DPoP")) },
        { "RFC 9449 §6.2", "bound, and called Bearer by the issuer", Expect.BadBoundToken("token_confirmation"), static (attempt, world) => Ask(attempt, world, static (claims, attempt) => Bind(claims, attempt, "Bearer"), "DPoP") },
        { "RFC 9449 §6.2", "not bound, and called DPoP by the issuer", Expect.BadToken("token_confirmation"), static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["token_type"] = "DPoP") },
        { "RFC 7800 §3.1", "a confirmation that we do not know", Expect.BadToken("token_confirmation"), static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["cnf"] = new JsonObject { ["x5t#S256"] = "x" }) },
        { "RFC 7662 §2.2", "a token that the issuer does not know", Expect.BadToken("token_inactive"), static attempt => attempt.Token = "unknown" + Guid.NewGuid().ToString("N") },
        { "RFC 7662 §2.2", "active: false", Expect.BadToken("token_inactive"), static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["active"] = false) },
        { "RFC 7662 §2.2", "active: \"true\", which is no boolean", "503 introspection_unavailable", static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["active"] = "true") },
        { "RFC 7662 §2.2", "active: 1", "503 introspection_unavailable", static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["active"] = 1) },
        { "RFC 7662 §2.2", "no active", "503 introspection_unavailable", static (attempt, world) => Ask(attempt, world, static (claims, _) => claims.Remove("active")) },
        { "RFC 7662 §4", "another brain's audience", Expect.BadToken("wrong_audience"), static (attempt, world) => Ask(attempt, world, (claims, _) => claims["aud"] = world.ResourceOf(World.Finance)) },
        { "RFC 7662 §4", "no audience", Expect.BadToken("wrong_audience"), static (attempt, world) => Ask(attempt, world, static (claims, _) => claims.Remove("aud")) },
        { "RFC 7662 §4", "two of our audiences", Expect.BadToken("ambiguous_audience"), static (attempt, world) => Ask(attempt, world, (claims, _) => claims["aud"] = new JsonArray(world.ResourceOf("default"), world.ResourceOf(World.Finance))) },
        { "RFC 7662 §2.2", "another issuer's name", Expect.BadToken("unknown_issuer"), static (attempt, world) => Ask(attempt, world, (claims, _) => claims["iss"] = world.Issuer.Url) },
        { "RFC 7662 §2.2", "no issuer: it is the one that was asked", Expect.Accepted, static (attempt, world) => Ask(attempt, world, static (claims, _) => claims.Remove("iss")) },
        { "RFC 7662 §4", "active, and expired", Expect.BadToken("token_expired"), static (attempt, world) => Ask(attempt, world, static (claims, _) => (claims["iat"], claims["exp"]) = (claims["iat"]!.GetValue<long>() - 600, claims["iat"]!.GetValue<long>() - 60)) },
        { "RFC 7662 §2.2", "no sub", Expect.BadToken("token_claims"), static (attempt, world) => Ask(attempt, world, static (claims, _) => claims.Remove("sub")) },
        { "SR-01", "a user without access", Expect.NotEntitled, static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["sub"] = "mallory") },
        { "SR-36", "a brain that this issuer may not give tokens for", "401 brain_not_of_issuer Bearer:invalid_token", static (attempt, world) => { attempt.Brain = "plain"; Ask(attempt, world); } },
        { "RFC 7662 §2.2", "without the scope", Expect.Scope, static (attempt, world) => Ask(attempt, world, static (claims, _) => claims["scope"] = "openid") },
        { "SR-36", "a broken JWT, which is not shown to whoever is asked about opaque tokens", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => token + ".x" },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public async Task What_the_issuer_says_is_held_to_the_same_rules(string row, string generation)
    {
        world.Time.Advance(TimeSpan.FromMilliseconds(500));
        await Cases.Run(world, row, generation);
    }

    [Fact]
    public async Task An_answer_is_remembered_for_half_a_minute_at_the_brain_that_it_was_for()
    {
        var token = world.Asked.Opaque(world.ResourceOf("default"));
        var before = world.Asked.Questions;
        for (var i = 0; i < 5; i++)
            Assert.Equal(Expect.Accepted, (await new Attempt(world) { Token = token }.Send(Messages.Modern)).Shape);
        Assert.Equal(before + 1, world.Asked.Questions);

        Assert.Equal(Expect.BadToken("wrong_audience"), (await new Attempt(world) { Brain = World.Finance, Token = token }.Send(Messages.Modern)).Shape);
        Assert.Equal(before + 2, world.Asked.Questions);

        world.Asked.Revoke(token);
        Assert.Equal(Expect.Accepted, (await new Attempt(world) { Token = token }.Send(Messages.Modern)).Shape);
        world.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(Expect.BadToken("token_inactive"), (await new Attempt(world) { Token = token }.Send(Messages.Modern)).Shape);
    }

    [Fact]
    public async Task A_no_is_remembered_for_five_seconds()
    {
        var before = world.Asked.Questions;
        for (var i = 0; i < 5; i++)
            Assert.Equal(Expect.BadToken("token_inactive"), (await new Attempt(world) { Token = "no-such-token" }.Send(Messages.Modern)).Shape);
        Assert.Equal(before + 1, world.Asked.Questions);

        world.Time.Advance(TimeSpan.FromSeconds(6));
        _ = await new Attempt(world) { Token = "no-such-token" }.Send(Messages.Modern);
        Assert.Equal(before + 2, world.Asked.Questions);
    }

    [Fact]
    public async Task When_the_issuer_cannot_be_asked_nobody_is_let_in_and_nobody_is_called_a_liar()
    {
        world.Asked.Failure = 500;
        var down = await new Attempt(world) { Token = world.Asked.Opaque(world.ResourceOf("default")) }.Send(Messages.Modern);
        var others = await new Attempt(world).Send(Messages.Modern);
        world.Asked.Failure = null;

        Assert.Equal("503 introspection_unavailable", down.Shape);
        Assert.Equal("1", down.Header("Retry-After"));
        Assert.Equal(Expect.Accepted, others.Shape);
    }

    [Fact]
    public async Task Twenty_questions_are_under_way_at_most_and_copies_of_a_token_are_one()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await StartAsking(issuer);
        var hold = new TaskCompletionSource();
        issuer.Hold = hold.Task;
        List<Task<Reply>> Ask(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Solo.Send(brain, $"Bearer held{i}"))];
        var held = Ask(0, 15);
        await Reaches(() => issuer.Questions, 15);
        var copies = Enumerable.Range(0, 5).Select(_ => Solo.Send(brain, "Bearer held7")).ToList();
        await Task.Delay(100);
        held.AddRange(Ask(15, 5));
        await Reaches(() => issuer.Questions, 20);

        var busy = await Solo.Send(brain, "Bearer one-more");
        hold.SetResult();

        Assert.Equal("503 introspection_busy", busy.Shape);
        Assert.Equal("1", busy.Header("Retry-After"));
        Assert.All(await Task.WhenAll(held.Concat(copies)), reply => Assert.Equal(Expect.BadToken("token_inactive"), reply.Shape));
        Assert.Equal(20, issuer.Questions);
    }

    [Fact]
    public async Task Unknown_tokens_of_one_address_are_asked_about_at_a_bounded_rate_and_known_ones_go_on()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var brain = await StartAsking(issuer);
        var good = issuer.Opaque(brain.Url + "mcp");
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, "Bearer " + good)).Shape);
        var replies = new List<Reply>();
        for (var i = 0; i < 200; i++)
            replies.Add(await Solo.Send(brain, $"Bearer junk{i}"));

        Assert.Equal(60, issuer.Questions);
        Assert.Equal(59, replies.Count(reply => reply.Shape == Expect.BadToken("token_inactive")));
        Assert.All(replies[59..], reply => Assert.Equal("429 introspection_rate", reply.Shape));
        Assert.Equal("1", replies[^1].Header("Retry-After"));
        Assert.Equal(Expect.Accepted, (await Solo.Send(brain, "Bearer " + good)).Shape);
    }

    /// <summary>With a clock that stands still, so that nothing is refilled and no question times out.</summary>
    private static async Task<TestBrain> StartAsking(TestIssuer issuer) => await TestBrain.StartOAuth(
        issuer.Url,
        Solo.With(new FakeTimeProvider(TimeProvider.System.GetUtcNow())),
        $"--AGENT_BRAIN_OAUTH_INTROSPECTION_URL={issuer.Url}/introspect", "--AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID=brain", "--AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET=how-the-server-asks");

    private static void Ask(Attempt attempt, World world, Action<JsonObject, Attempt>? claims = null, string scheme = "Bearer")
    {
        attempt.Scheme = scheme;
        attempt.Token = world.Asked.Opaque(world.ResourceOf(attempt.Brain), claims: body => claims?.Invoke(body, attempt));
    }

    private static void Bind(JsonObject claims, Attempt attempt, string type)
    {
        attempt.Client.Bind(claims);
        claims["token_type"] = type;
    }

    private static async Task Reaches(Func<int> count, int goal)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (count() < goal)
            await Task.Delay(5, limit.Token);
    }
}
