using System.Net;
using System.Security.Claims;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Mcp.Subscriptions;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization;

[Collection(nameof(ProcessEnvironment))]
public sealed class SessionBindingTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Another_principals_session_looks_exactly_like_one_that_never_was(string verb)
    {
        await using var brain = await TestBrain.StartBasic();
        using var alice = brain.NewClient(TestBrain.Secret);
        using var mallory = brain.NewClient(TestBrain.SecondSecret);
        var session = await brain.Initialize(alice);

        var stolen = await Answer(brain, mallory, verb, session);
        var invented = await Answer(brain, mallory, verb, "AAAAAAAAAAAAAAAAAAAAAA");

        Assert.Equal(404, stolen.Status);
        Assert.Equal(invented, stolen);
        if (verb == "POST")
            Assert.Equal("""{"error":{"code":-32001,"message":"Session not found"},"id":3,"jsonrpc":"2.0"}""", stolen.Body);
        Assert.Empty(brain.Log.Calls);

        // And it is still there for its owner.
        using var own = await alice.SendAsync(brain.Post(Messages.Call("query_count"), session));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData("2027-01-01")]
    [InlineData("2026-07-28, 2026-07-28")]
    [InlineData(" 2025-06-18")]
    [InlineData("")]
    public async Task No_protocol_version_gets_a_session_around_the_binding(string version)
    {
        await using var brain = await TestBrain.StartBasic();
        using var alice = brain.NewClient(TestBrain.Secret);
        using var mallory = brain.NewClient(TestBrain.SecondSecret);
        var session = await brain.Initialize(alice);

        using var response = await mallory.SendAsync(brain.Post(Messages.Call("query_count"), session, version));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(brain.Log.Calls);
    }

    [Fact]
    public async Task A_stateless_request_runs_as_its_own_caller_whatever_session_it_names()
    {
        await using var brain = await TestBrain.StartBasic();
        using var alice = brain.NewClient(TestBrain.Secret);
        using var bob = brain.NewClient(TestBrain.SecondSecret);
        var session = await brain.Initialize(alice);
        using var request = brain.Post(Messages.ModernRequest("tools/call", "\"name\":\"whoami\""), session, Messages.Modern);
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", "whoami");

        using var response = await bob.SendAsync(request);

        Assert.Contains(new BasicSecret(TestBrain.SecondSecret).Principal, await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Mcp-Session-Id"));
    }

    [Fact]
    public async Task A_deleted_session_is_gone()
    {
        await using var brain = await TestBrain.StartNone();
        var session = await brain.Initialize();

        var deleted = await Answer(brain, brain.Client, "DELETE", session);
        var again = await Answer(brain, brain.Client, "POST", session);

        Assert.Equal(200, deleted.Status);
        Assert.Equal(404, again.Status);
        Assert.Equal(0, brain.Services.GetRequiredService<SessionBindings>().Count);
    }

    [Fact]
    public async Task The_seventeenth_session_ends_the_longest_idle_one()
    {
        await using var brain = await TestBrain.StartNone();
        var first = await brain.Initialize();
        var second = await brain.Initialize();
        for (var i = 0; i < 14; i++)
            _ = await brain.Initialize();
        Assert.Equal(200, (await Answer(brain, brain.Client, "POST", first)).Status);

        _ = await brain.Initialize();

        Assert.Equal(404, (await Answer(brain, brain.Client, "POST", second)).Status);
        Assert.Equal(200, (await Answer(brain, brain.Client, "POST", first)).Status);
        Assert.Equal(16, brain.Services.GetRequiredService<SessionBindings>().Count);
    }

    [Fact]
    public async Task Nobody_elses_sessions_are_ended_and_one_in_use_is_not()
    {
        var time = new FakeTimeProvider();
        var ends = new Ends();
        var sessions = new SessionBindings(new RequestLimits { SessionsPerPrincipal = 1 }, ends, time);
        var (alice, bob) = (Owner("alice"), Owner("bob"));
        Assert.True(await sessions.TryReserveAsync(alice));
        sessions.Bind("a", alice);
        Assert.True(await sessions.TryReserveAsync(bob));
        sessions.Bind("b", bob);
        sessions.Leave("a");
        sessions.Leave("b");
        Assert.True(sessions.TryEnter("a", alice, out _));

        Assert.False(await sessions.TryReserveAsync(alice));
        Assert.True(await sessions.TryReserveAsync(bob));

        Assert.True(sessions.TryEnter("a", alice, out _));
        Assert.False(sessions.TryEnter("b", bob, out var known));
        Assert.False(known);
        Assert.Equal([("b", bob)], ends.Ended);
    }

    [Fact]
    public async Task A_session_of_another_resource_client_or_key_does_not_match()
    {
        var sessions = new SessionBindings(new RequestLimits(), new Ends(), new FakeTimeProvider());
        var owner = Owner("alice");
        Assert.True(await sessions.TryReserveAsync(owner));
        sessions.Bind("a", owner);

        Assert.True(sessions.TryEnter("a", owner with { }, out _));
        Assert.False(sessions.TryEnter("a", owner with { Resource = "http://x/brains/b/mcp" }, out _));
        Assert.False(sessions.TryEnter("a", owner with { Issuer = "other" }, out _));
        Assert.False(sessions.TryEnter("a", owner with { Subject = "mallory" }, out _));
        Assert.False(sessions.TryEnter("a", owner with { ClientId = "other" }, out _));
        Assert.False(sessions.TryEnter("a", owner with { KeyThumbprint = "jkt" }, out _));
        Assert.Throws<InvalidOperationException>(() => SessionOwner.Of(new Caller("oauth", "i", "", "c", "default", "r", ScopeSet.All)));
    }

    [Fact]
    public async Task A_session_idle_for_half_an_hour_is_over()
    {
        var time = new FakeTimeProvider();
        var ends = new Ends();
        var sessions = new SessionBindings(new RequestLimits(), ends, time);
        var owner = Owner("alice");
        Assert.True(await sessions.TryReserveAsync(owner));
        sessions.Bind("a", owner);
        sessions.Leave("a");
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(sessions.TryEnter("a", owner, out _));
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.True(sessions.TryEnter("a", owner, out _));
        sessions.Leave("a");
        sessions.Leave("a");
        time.Advance(TimeSpan.FromMinutes(31));

        Assert.False(sessions.TryEnter("a", owner, out _));
        Assert.True(await sessions.TryReserveAsync(owner));
        Assert.Equal([("a", owner)], ends.Ended);
    }

    [Fact]
    public async Task A_session_is_in_use_while_it_is_being_opened()
    {
        var sessions = new SessionBindings(new RequestLimits { SessionsPerPrincipal = 1 }, new Ends(), new FakeTimeProvider());
        var owner = Owner("alice");
        Assert.True(await sessions.TryReserveAsync(owner));
        sessions.Bind("a", owner);

        Assert.False(await sessions.TryReserveAsync(owner));
        sessions.Leave("a");
        Assert.True(await sessions.TryReserveAsync(owner));
    }

    [Fact]
    public async Task What_a_client_says_of_itself_is_not_kept_for_longer_than_its_session()
    {
        await using var brain = await TestBrain.StartServing("none");
        var sessions = brain.Services.GetRequiredService<ClientSessions>();
        var initialize = Messages.Initialize.Replace("\"test\"", $"\"{new string('x', 60_000)}\"", StringComparison.Ordinal);
        var first = await Open(brain, initialize);
        for (var i = 0; i < 15; i++)
            _ = await Open(brain, initialize);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 84; i++)
        {
            _ = await Open(brain, initialize);
            Assert.InRange(sessions.Count, 1, 16);
        }

        // The parameters of 84 more sessions would be 10 MB and more, as text alone.
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 5_000_000, $"{grown} bytes more are in use.");
        Assert.Equal(404, (await Answer(brain, brain.Client, "POST", first)).Status);
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains("could not be ended"));
    }

    [Fact]
    public async Task Two_principals_sessions_are_ended_as_their_owners()
    {
        await using var brain = await TestBrain.StartServing("basic", builder => builder.Services.AddSingleton(new RequestLimits { SessionsPerPrincipal = 1 }));
        var sessions = brain.Services.GetRequiredService<ClientSessions>();
        using var alice = brain.NewClient(TestBrain.Secret);
        using var bob = brain.NewClient(TestBrain.SecondSecret);
        for (var i = 0; i < 4; i++)
        {
            _ = await OpenWhenIdle(brain, alice);
            _ = await OpenWhenIdle(brain, bob);
        }

        Assert.Equal(2, sessions.Count);
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains("could not be ended"));
    }

    [Fact]
    public async Task A_session_whose_client_hung_up_before_the_answer_is_ended()
    {
        var ends = new Ends();
        var sessions = new SessionBindings(new RequestLimits { SessionsPerPrincipal = 1 }, ends, new FakeTimeProvider());
        await using var brain = await TestBrain.StartNone();
        var step = new SessionBinding(
            static context =>
            {
                context.Response.Headers["Mcp-Session-Id"] = "a";
                throw new OperationCanceledException();
            },
            sessions,
            brain.Services.GetRequiredService<Refuser>());
        for (var i = 0; i < 2; i++)
        {
            var context = new DefaultHttpContext();
            var caller = new Caller("none", "issuer", "alice", "client", "default", "http://x/mcp", ScopeSet.All);
            context.User = new ClaimsPrincipal(new CallerIdentity(caller));
            context.Features.Set(brain.Services.GetRequiredService<ResourceMap>().All.First());
            context.Features.Set(new RequestMessage(new Operation(MessageKind.Request, "initialize", null, []), null));

            await Assert.ThrowsAsync<OperationCanceledException>(() => step.InvokeAsync(context));
        }

        Assert.Equal(0, sessions.Count);
        Assert.Equal(["a", "a"], ends.Ended.Select(end => end.Id));
    }

    [Fact]
    public async Task An_initialize_of_more_than_64_KiB_is_refused_and_other_messages_are_not()
    {
        await using var brain = await TestBrain.StartNone();

        using var refused = await brain.Client.SendAsync(brain.Post(Messages.Initialize.PadRight((64 * 1024) + 1)));
        using var largest = await brain.Client.SendAsync(brain.Post(Messages.Initialize.PadRight(64 * 1024)));
        using var other = await brain.Client.SendAsync(brain.Post(Messages.Ping.PadRight(100_000), largest.Headers.GetValues("Mcp-Session-Id").Single()));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        var text = await refused.Content.ReadAsStringAsync();
        Assert.Contains("\"reason\":\"body_too_large\"", text);
        Assert.Contains("\"id\":1", text);
        Assert.Equal(HttpStatusCode.OK, largest.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(1, brain.Services.GetRequiredService<SessionBindings>().Count);
    }

    [Fact]
    public async Task The_ninth_stream_of_a_principal_is_refused_and_a_closed_one_makes_room()
    {
        await using var brain = await TestBrain.StartNone(builder => builder.Services.AddSingleton(new RequestLimits { StreamsPerPrincipal = 2 }));
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
        {
            var response = await OpenStream(brain, await brain.Initialize());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            open.Add(response);
        }

        var session = await brain.Initialize();
        using var refused = await OpenStream(brain, session);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("too_many_streams", await refused.Content.ReadAsStringAsync());

        open[0].Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var status = HttpStatusCode.TooManyRequests;
        while (status == HttpStatusCode.TooManyRequests)
        {
            await Task.Delay(20, limit.Token);
            using var retry = await OpenStream(brain, session);
            status = retry.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, status);
        open[1].Dispose();
    }

    private static async Task<HttpResponseMessage> OpenStream(TestBrain brain, string session)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        TestBrain.Complete(request, session);
        return await brain.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> Open(TestBrain brain, string initialize)
    {
        using var response = await brain.Client.SendAsync(brain.Post(initialize));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    /// <summary>A session is in use until the server is done with the request, which is a moment after its client has the answer.</summary>
    private static async Task<string> OpenWhenIdle(TestBrain brain, HttpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var response = await client.SendAsync(brain.Post(Messages.Initialize), limit.Token);
            if (response.StatusCode == HttpStatusCode.OK)
                return response.Headers.GetValues("Mcp-Session-Id").Single();

            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            await Task.Delay(20, limit.Token);
        }
    }

    private static SessionOwner Owner(string subject) => new("http://x/mcp", "issuer", subject, "client", null);

    private static async Task<(int Status, string Headers, string Body)> Answer(TestBrain brain, HttpClient client, string verb, string session)
    {
        using var request = verb == "POST" ? brain.Post(Messages.Call("query_count"), session) : new HttpRequestMessage(new HttpMethod(verb), "/mcp");
        if (verb != "POST")
            TestBrain.Complete(request, session);
        using var response = await client.SendAsync(request);
        var headers = response.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return ((int)response.StatusCode, string.Join('\n', headers), await response.Content.ReadAsStringAsync());
    }

    private sealed class Ends : ISessionEnd
    {
        public List<(string Id, SessionOwner Owner)> Ended { get; } = [];

        public Task EndAsync(string sessionId, SessionOwner owner)
        {
            Ended.Add((sessionId, owner));
            return Task.CompletedTask;
        }
    }
}
