using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>What counts as a stream, and how many there may be.</summary>
public sealed class StreamQuotaTests : OpenResponseScene
{
    private static readonly RequestLimits Few = new() { StreamsPerPrincipal = 1, MaxStreams = 2 };

    [Fact]
    public async Task A_call_becomes_a_stream_when_it_takes_long_and_the_one_too_many_is_ended()
    {
        await using var brain = await StartAsync(more: builder => builder.Services.AddSingleton(Few));
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        using var stream = await OpenGetAsync(brain, client);
        using var call = await CallAsync(brain, client, "query_count");

        await AdvanceAsync(Few.StreamAfter - Heartbeat - TimeSpan.FromSeconds(1));
        Assert.Equal(0, Open(brain, ended: true));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        await Eventually.IsTrueAsync(() => Open(brain, ended: true) == 1, "The end");
        await AdvanceAsync(ResponseLifetime.Grace);

        Assert.Contains("too_many_streams", await ReadToEndAsync(call));
        Assert.Equal(1, Open(brain));
    }

    [Fact]
    public async Task A_call_that_has_become_a_stream_leaves_no_room_for_another()
    {
        await using var brain = await StartAsync(more: builder => builder.Services.AddSingleton(Few));
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        using var call = await CallAsync(brain, client, "query_count");
        await AdvanceAsync(Few.StreamAfter);

        using var refused = await SendGetAsync(brain, client);

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(1, Open(brain));
    }

    [Fact]
    public void The_quota_is_a_persons_and_the_ceiling_is_everybodys()
    {
        var responses = new OpenResponses(Few, new FakeTimeProvider());
        var alice = responses.TryOpen(Access("alice", "client-1"), isStream: true, null);

        Assert.NotNull(alice);
        Assert.Null(responses.TryOpen(Access("alice", "client-2"), isStream: true, null));
        Assert.NotNull(responses.TryOpen(Access("bob"), isStream: true, null));
        Assert.Null(responses.TryOpen(Access("carol"), isStream: true, null));

        // A short call is no stream, and may become one when there is room.
        var call = responses.TryOpen(Access("carol"), isStream: false, null)!;
        Assert.False(responses.TryBecomeStream(call));
        alice.Dispose();
        alice.Dispose();
        Assert.True(responses.TryBecomeStream(call));
        Assert.True(responses.TryBecomeStream(call));
        Assert.Null(responses.TryOpen(Access("alice"), isStream: true, null));
        call.Dispose();
        Assert.NotNull(responses.TryOpen(Access("alice"), isStream: true, null));
    }

    private static GrantedAccess Access(string subject, string client = "client-1") =>
        new(new Caller("oauth", TokenCallers.Issuer, subject, client, "default", "http://x/mcp", ScopeSet.All), new ProtectedResource("default", "/mcp", "http://x/mcp", ""), ScopeSet.Read);
}
