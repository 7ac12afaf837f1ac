using AgentBrain.Server.Tests.Hosting;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A session is bound to resource, issuer, subject, client and key (SR-02). Another's looks like one that never was.</summary>
public sealed class SessionBindingOAuthTests(World world) : IClassFixture<World>
{
    private const string AllButAdmin = "agent-brain:read agent-brain:index agent-brain:subscribe";

    public static TheoryData<string, string, string> Thieves
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var thief in new[] { "another brain", "another issuer", "another user", "another client", "another key", "no key", "a key where there was none" })
            {
                foreach (var verb in new[] { "POST", "GET", "DELETE" })
                {
                    foreach (var generation in Rows.Generations[1..])
                        data.Add(thief, verb, generation);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Thieves))]
    public async Task A_session_in_other_hands_looks_like_one_that_never_was(string thief, string verb, string generation)
    {
        // Alice on finance, bound to a key, unless the thief is to come with one.
        var owner = new Attempt(world) { Brain = World.Finance, Scope = AllButAdmin, Scheme = thief == "a key where there was none" ? "Bearer" : "DPoP" };
        var session = await owner.OpenSession(generation);
        Attempt Steal() => Bend(thief, owner);

        var (stolen, invented) = (Steal(), Steal());
        (stolen.Verb, stolen.Session) = (verb, session);
        (invented.Verb, invented.Session) = (verb, "AAAAAAAAAAAAAAAAAAAAAA");
        var (caught, unknown) = (await stolen.Send(generation), await invented.Send(generation));

        Assert.Equal("404 -", caught.Shape);
        Assert.Equal(unknown.Body, caught.Body);
        Assert.Equal(unknown.Headers.Where(header => header.Key is not ("date" or "dpop-nonce")).Select(header => $"{header.Key}: {string.Join('|', header)}"), caught.Headers.Where(header => header.Key is not ("date" or "dpop-nonce")).Select(header => $"{header.Key}: {string.Join('|', header)}"));

        // It is still its owner's.
        owner.Session = session;
        Assert.Equal(Expect.Accepted, (await owner.Send(generation)).Shape);
    }

    [Theory]
    [InlineData("Bearer", Messages.Legacy)]
    [InlineData("DPoP", Messages.Legacy)]
    [InlineData("Bearer", "2025-11-25")]
    [InlineData("DPoP", "2025-11-25")]
    public async Task A_refreshed_token_goes_on_with_its_session(string scheme, string generation)
    {
        var first = new Attempt(world) { Scheme = scheme };
        var session = await first.OpenSession(generation);
        var refreshed = new Attempt(world) { Scheme = scheme, Client = first.Client, Session = session, Scope = "agent-brain:read agent-brain:index" };

        var reply = await refreshed.Send(generation);

        Assert.NotEqual(first.Token, refreshed.Token);
        Assert.Equal(Expect.Accepted, reply.Shape);
    }

    [Fact]
    public async Task A_session_gives_no_scope_that_its_next_token_lacks()
    {
        var first = new Attempt(world) { Scope = "agent-brain:admin agent-brain:read" };
        var session = await first.OpenSession(Messages.Legacy);

        var reply = await new Attempt(world) { Session = session, Tool = "remove_folder" }.Send(Messages.Legacy);

        Assert.Equal(Expect.Scope, reply.Shape);
    }

    [Fact]
    public async Task A_session_is_no_credential()
    {
        var session = await world.SessionOf("default", Messages.Legacy);

        var stranger = await new Attempt(world) { Session = session, Authorization = static _ => [] }.Send(Messages.Legacy);
        var expired = await new Attempt(world) { Session = session, Rewrite = Bends.BreakSignature }.Send(Messages.Legacy);

        Assert.Equal(Expect.Stranger(), stranger.Shape);
        Assert.Equal(Expect.BadToken("token_signature"), expired.Shape);
    }

    [Theory]
    [InlineData("2027-01-01")]
    [InlineData("2026-07-28, 2026-07-28")]
    [InlineData("2026-07-28 ,2025-06-18")]
    public async Task No_protocol_version_gets_a_session_around_the_binding(string version)
    {
        var session = await new Attempt(world).OpenSession(Messages.Legacy);

        var reply = await new Attempt(world) { Brain = World.Finance, Subject = "bob", Session = session }.Send(version);

        Assert.Equal("404 -", reply.Shape);
    }

    [Fact]
    public async Task A_stateless_call_ignores_the_session_and_runs_as_its_own_caller()
    {
        var session = await new Attempt(world).OpenSession(Messages.Legacy);

        var reply = await new Attempt(world) { Brain = World.Finance, Subject = "bob", Session = session, Tool = "whoami" }.Send(Messages.Modern);

        Assert.Equal(Expect.Accepted, reply.Shape);
        Assert.Contains("bob", reply.Body);
        Assert.Equal("", reply.Header("Mcp-Session-Id"));
    }

    private Attempt Bend(string thief, Attempt owner)
    {
        var attempt = new Attempt(world) { Brain = World.Finance, Scope = AllButAdmin, Scheme = "DPoP", Client = owner.Client };
        switch (thief)
        {
            case "another brain":
                attempt.Brain = "default";
                break;
            case "another issuer":
                attempt.Issuer = world.Second;
                break;
            case "another user":
                attempt.Subject = "bob";
                break;
            case "another client":
                attempt.Claims = static claims => claims["client_id"] = "other";
                break;
            case "another key":
                attempt.Client = world.NewClient();
                break;
            case "no key":
                attempt.Scheme = "Bearer";
                break;
        }

        return attempt;
    }
}
