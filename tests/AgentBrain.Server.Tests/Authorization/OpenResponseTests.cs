using System.Diagnostics;
using System.Net;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>Over real connections: no response outlives the access that it was opened with, and each ends as a complete one.</summary>
public sealed class OpenResponseTests : OpenResponseScene
{
    [Theory]
    [InlineData("revoked")]
    [InlineData("not entitled")]
    [InlineData("expired")]
    [InlineData("an hour")]
    public async Task A_legacy_stream_ends_as_a_complete_response_when_access_does(string how)
    {
        await using var brain = await StartAsync();
        var token = Issue(how == "an hour" ? TimeSpan.FromHours(2) : TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        using var stream = await OpenGetAsync(brain, client);

        await EndAsync(brain, token, how);

        // No exception: the client sees the end of the body and not of the connection.
        Assert.Equal("", (await ReadToEndAsync(stream)).Replace(": \n\n", "", StringComparison.Ordinal));
        await Eventually.IsTrueAsync(() => Open(brain) == 0, "The end of the response");
    }

    [Theory]
    [InlineData("revoked", Reasons.TokenRevoked)]
    [InlineData("not entitled", Reasons.NotEntitled)]
    [InlineData("expired", Reasons.TokenExpired)]
    [InlineData("an hour", Reasons.StreamLifetime)]
    public async Task A_call_that_takes_long_is_cut_with_an_error_that_says_why(string how, string reason)
    {
        await using var brain = await StartAsync();
        var token = Issue(how == "an hour" ? TimeSpan.FromHours(2) : TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        using var call = await CallAsync(brain, client, "query_count");

        await EndAsync(brain, token, how);
        await Eventually.IsTrueAsync(() => Open(brain, ended: true) == 1, "The first warning");
        await AdvanceAsync(ResponseLifetime.Grace);

        var body = await ReadToEndAsync(call);
        Assert.StartsWith(": \n\n", body);
        Assert.Equal(1, CountOf(body, "data: "));
        Assert.EndsWith($"\"message\":\"Access ended while the request was answered.\",\"data\":{{\"reason\":\"{reason}\"}}}},\"id\":4,\"jsonrpc\":\"2.0\"}}\n\n", body);
    }

    [Fact]
    public async Task What_answers_within_the_grace_has_the_last_word()
    {
        var answered = new TaskCompletionSource<string>();
        await using var brain = await StartAsync(slow: () => answered.Task);
        var token = Issue(TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        using var call = await CallAsync(brain, client, "query_count");

        await EndAsync(brain, token, "revoked");
        await Eventually.IsTrueAsync(() => Open(brain, ended: true) == 1, "The first warning");
        answered.SetResult("the answer");

        var body = await ReadToEndAsync(call);
        Assert.Equal(1, CountOf(body, "data: "));
        Assert.Contains("the answer", body);
    }

    [Fact]
    public async Task Revocation_ends_a_stream_within_five_seconds_of_the_real_clock()
    {
        await using var brain = await StartAsync(time: TimeProvider.System);
        var token = Callers.Issue("alice", TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(15));
        using var client = TokenCallers.ClientOf(brain, token);
        using var stream = await OpenGetAsync(brain, client);
        var sent = SendCallAsync(brain, client, "query_count");
        await Eventually.IsTrueAsync(() => Open(brain) == 2, "The call");
        await Eventually.SettleAsync();

        var watch = Stopwatch.StartNew();
        brain.Services.GetRequiredService<Revocations>().Revoke(RevocationTarget.Subject(token.Issuer, token.Subject));
        await ReadToEndAsync(stream);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 900);
        using var call = await sent;

        // Nothing had been answered yet, so it is told to come again, and then hears what is wrong.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, call.StatusCode);
        Assert.NotNull(call.Headers.RetryAfter);
        Assert.Contains("token_revoked", await ReadToEndAsync(call));
        Assert.InRange(watch.ElapsedMilliseconds, 500, 5000);
    }

    [Fact]
    public async Task Another_principals_responses_stay_open()
    {
        await using var brain = await StartAsync();
        using var alice = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        var other = Callers.Issue("mallory", Time.GetUtcNow(), TimeSpan.FromMinutes(15));
        using var stream = await OpenGetAsync(brain, alice);

        await EndAsync(brain, other, "revoked");
        Sweep(brain);
        await Eventually.SettleAsync();

        Assert.Equal(1, Open(brain));
    }

    [Fact]
    public async Task While_revocations_are_unknown_what_is_open_stays_so_for_half_a_minute()
    {
        var unknown = new UnknownRevocations();
        await using var brain = await StartAsync(more: builder => builder.Services.Replace(ServiceDescriptor.Singleton<IRevocations>(unknown)));
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        using var stream = await OpenGetAsync(brain, client);

        unknown.IsUnknown = true;
        Sweep(brain);
        await Eventually.SettleAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(20));
        Sweep(brain);
        Assert.Equal((1, 0), (Open(brain), Open(brain, ended: true)));
        unknown.IsUnknown = false;
        Sweep(brain);
        unknown.IsUnknown = true;
        await AdvanceAsync(TimeSpan.FromSeconds(20));
        Sweep(brain);
        Assert.Equal((1, 0), (Open(brain), Open(brain, ended: true)));
        await AdvanceAsync(TimeSpan.FromSeconds(31));

        await ReadToEndAsync(stream);
    }

    [Fact]
    public async Task Access_that_cannot_be_judged_is_over()
    {
        await using var brain = await StartAsync();
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(15)));
        using var stream = await OpenGetAsync(brain, client);

        Callers.Maximum = () => throw new InvalidOperationException("broken");
        await AdvanceAsync(AccessSweep.Interval);

        await ReadToEndAsync(stream);
    }

    [Fact]
    public async Task A_client_that_does_not_read_loses_its_connection_within_five_seconds()
    {
        await using var brain = await StartAsync(time: TimeProvider.System, more: builder => builder.Services.AddSingleton(McpServerTool.Create(
            async (McpServer server, CancellationToken cancellationToken) =>
            {
                while (true)
                    await server.SendNotificationAsync("notifications/message", new string('x', 60_000), cancellationToken: cancellationToken);
            },
            new McpServerToolCreateOptions { Name = "cache_status", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false })));
        var token = Callers.Issue("alice", TimeProvider.System.GetUtcNow());
        using var client = TokenCallers.ClientOf(brain, token);
        using var call = await SendCallAsync(brain, client, "cache_status");
        await Task.Delay(500);

        var watch = Stopwatch.StartNew();
        brain.Services.GetRequiredService<Revocations>().Revoke(RevocationTarget.Subject(token.Issuer, token.Subject));
        await Eventually.IsTrueAsync(() => Open(brain) == 0, "The end of the response");

        Assert.InRange(watch.ElapsedMilliseconds, 500, 5000);
        await Assert.ThrowsAnyAsync<Exception>(() => ReadToEndAsync(call));
    }

    private sealed class UnknownRevocations : IRevocations
    {
        public bool IsUnknown { get; set; }

        public bool IsRevoked(AccessToken token) => IsUnknown ? throw new RevocationsUnavailableException() : false;
    }
}
