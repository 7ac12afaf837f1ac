using System.Net;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>A session does not linger when its owner lost the brain.</summary>
public sealed class SessionWithdrawalTests : OpenResponseScene
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_ends_when_its_owner_has_lost_the_brain(bool byRevocation)
    {
        await using var brain = await StartAsync();
        var token = Issue(TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        var session = await brain.Initialize(client);
        await Eventually.SettleAsync();

        if (byRevocation)
            Revoke(brain, token);
        else
            Callers.Maximum = () => null;
        await AdvanceAsync(AccessSweep.Interval);
        Callers.Maximum = () => ScopeSet.All;

        await Eventually.IsTrueAsync(() => Sessions(brain).Count == 0, "The end of the session");

        // Whoever grants anew starts anew.
        using var again = TokenCallers.ClientOf(brain, Callers.Issue("alice", Time.GetUtcNow() + TimeSpan.FromMinutes(1)));
        using var answer = await again.SendAsync(brain.Post(Messages.Ping, session));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_outlives_a_token_that_came_to_its_end_and_the_loss_of_others()
    {
        await using var brain = await StartAsync();
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        var session = await brain.Initialize(client);

        Revoke(brain, Callers.Issue("mallory", Time.GetUtcNow()));
        await AdvanceAsync(TimeSpan.FromMinutes(16));

        Assert.Equal(1, Sessions(brain).Count);
        using var refreshed = TokenCallers.ClientOf(brain, Callers.Issue("alice", Time.GetUtcNow()));
        using var answer = await refreshed.SendAsync(brain.Post(Messages.Ping, session));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_is_judged_by_the_credentials_that_it_was_used_with_last()
    {
        await using var brain = await StartAsync();
        var first = Issue(TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, first);
        var session = await brain.Initialize(client);
        var second = Callers.Issue("alice", Time.GetUtcNow());
        using var refreshed = TokenCallers.ClientOf(brain, second);
        using var answer = await refreshed.SendAsync(brain.Post(Messages.Ping, session));
        await Eventually.SettleAsync();

        // As a client does that gives its old token back.
        Revoke(brain, first, RevocationTarget.Token(first.Issuer, first.TokenId!));
        await AdvanceAsync(AccessSweep.Interval);
        Assert.Equal(1, Sessions(brain).Count);
        Revoke(brain, second, RevocationTarget.Token(second.Issuer, second.TokenId!));
        await AdvanceAsync(AccessSweep.Interval);

        await Eventually.IsTrueAsync(() => Sessions(brain).Count == 0, "The end of the session");
    }

    [Fact]
    public async Task A_session_at_work_ends_after_its_stream()
    {
        await using var brain = await StartAsync();
        var token = Issue(TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        using var stream = await OpenGetAsync(brain, client);

        Revoke(brain, token);
        await ReadToEndAsync(stream);
        await AdvanceAsync(AccessSweep.Interval);

        await Eventually.IsTrueAsync(() => Sessions(brain).Count == 0, "The end of the session");
    }

    [Fact]
    public async Task A_session_that_is_put_to_use_while_it_is_judged_stays()
    {
        var ends = new Ends();
        var sessions = new SessionBindings(new RequestLimits(), ends, Time);
        var caller = new Caller("oauth", TokenCallers.Issuer, "alice", "client-1", "default", "http://x/mcp", ScopeSet.All);
        var owner = SessionOwner.Of(caller);
        Assert.True(await sessions.TryReserveAsync(owner));
        sessions.Bind("a", owner);
        sessions.Used("a", caller, new ProtectedResource("default", "/mcp", "http://x/mcp", ""));
        var judged = 0;

        await sessions.EndWhereAsync((_, _) => ++judged > 0);
        Assert.Equal((0, 0), (judged, ends.Count));
        sessions.Leave("a");
        await sessions.EndWhereAsync((_, _) => sessions.TryEnter("a", owner, out _));
        Assert.Equal(0, ends.Count);
        sessions.Leave("a");
        await sessions.EndWhereAsync((_, _) => false);
        Assert.Equal(0, ends.Count);
        await sessions.EndWhereAsync((_, _) => true);
        await sessions.EndWhereAsync((_, _) => true);

        Assert.Equal(1, ends.Count);
    }

    private static SessionBindings Sessions(TestBrain brain) => brain.Services.GetRequiredService<SessionBindings>();

    private static void Revoke(TestBrain brain, AccessToken token, RevocationTarget? target = null) =>
        brain.Services.GetRequiredService<Revocations>().Revoke(target ?? RevocationTarget.Grant(token.Issuer, token.ClientId, token.Subject));

    private sealed class Ends : ISessionEnd
    {
        public int Count { get; private set; }

        public Task EndAsync(string sessionId, SessionOwner owner)
        {
            Count++;
            return Task.CompletedTask;
        }
    }
}
