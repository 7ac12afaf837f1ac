using System.Diagnostics;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>
/// A Redis that cannot say whether a proof was seen: calls with proofs are refused within 250 ms and bearer tokens are not affected, and
/// when it is back all is well within 2 s.
/// </summary>
[Collection(nameof(Undisturbed))]
public sealed class RedisOutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(4);

    /// <summary>The first calls of a process are slow, with or without a Redis: its code is compiled meanwhile. How long they take is not judged.</summary>
    private static readonly TimeSpan FirstCalls = TimeSpan.FromSeconds(1.5);

    /// <summary>A bearer call that waited for Redis would take the 200 ms that Redis is given.</summary>
    private static readonly TimeSpan Unaffected = TimeSpan.FromMilliseconds(100);

    /// <summary>What the machine may add to an answer at most; as much as it adds to bearer calls at the same time.</summary>
    private static readonly TimeSpan MostTolerance = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("halted")]
    [InlineData("killed")]
    public async Task While_Redis_is_away_proofs_are_refused_in_time_and_bearer_tokens_go_on(string how)
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var server = await deployment.StartServerAsync("server");
        var token = deployment.BoundToken();
        var nonce = await deployment.NonceAsync(server, token);
        var accepted = deployment.Call(token, nonce);
        Assert.True((await Deployment.SendAsync(server, accepted)).IsAccepted);
        var before = await Traffic.RunAsync(deployment, server, nonce, TimeSpan.FromSeconds(1));
        output.WriteLine($"before: {before}");
        Assert.All(before.Bound, timed => Assert.True(timed.Reply.IsAccepted || timed.Reply.IsNoAnswerOfRedis, $"{timed.Reply}"));
        Assert.True(before.Bound.Count(timed => timed.Reply.IsAccepted) > 0.9 * before.Bound.Count, "Calls with proofs failed before anything was done to Redis.");

        if (how == "halted")
            deployment.Redis!.Halt();
        else
            deployment.Redis!.Kill();

        var traffic = await Traffic.RunAsync(deployment, server, nonce, Outage);
        output.WriteLine($"{how}: {traffic}");
        AssertRefusedInTime(traffic);
        Assert.Equal(503, await Deployment.HealthAsync(server));

        if (how == "halted")
            deployment.Redis.GoOn();
        else
            await deployment.Redis.StartAgainAsync();

        await RecoversAsync(deployment, server, token, nonce);
        var again = await Deployment.SendAsync(server, accepted);
        Assert.True(again is { Status: 401, Reason: Reasons.ProofReplayed or Reasons.ProofNonce }, $"{again}");
    }

    [Fact]
    public async Task Before_Redis_is_there_the_server_starts_and_refuses_proofs_and_takes_them_when_it_comes()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        deployment.Redis!.Kill();
        var server = await deployment.StartServerAsync(deployment.Options("server"));

        AssertRefused(await Traffic.RunAsync(deployment, server, null, FirstCalls));

        var traffic = await Traffic.RunAsync(deployment, server, null, Outage);

        output.WriteLine($"{traffic}");
        AssertRefusedInTime(traffic);
        Assert.Equal(503, await Deployment.HealthAsync(server));
        await deployment.Redis.StartAgainAsync();
        await RecoversAsync(deployment, server, deployment.BoundToken(), null);
    }

    [Fact]
    public async Task A_full_Redis_refuses_proofs_in_time_and_forgets_none()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        var server = await deployment.StartServerAsync("server");
        var token = deployment.BoundToken();
        var nonce = await deployment.NonceAsync(server, token);
        var accepted = deployment.Call(token, nonce);
        Assert.True((await Deployment.SendAsync(server, accepted)).IsAccepted);

        Assert.Equal("+OK", await deployment.Redis!.SendAsync("CONFIG", "SET", "maxmemory", "1"));
        var traffic = await Traffic.RunAsync(deployment, server, nonce, TimeSpan.FromSeconds(1));

        output.WriteLine($"{traffic}");
        AssertRefusedInTime(traffic, Reasons.ReplayStoreFull);
        Assert.NotEqual(200, (await Deployment.SendAsync(server, accepted)).Status);

        Assert.Equal("+OK", await deployment.Redis.SendAsync("CONFIG", "SET", "maxmemory", "0"));
        await RecoversAsync(deployment, server, token, nonce);
        Assert.Equal(Reasons.ProofReplayed, (await Deployment.SendAsync(server, accepted)).Reason);
    }

    [Fact]
    public async Task A_wrong_password_of_Redis_is_as_a_Redis_that_is_away_and_is_not_told()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        Assert.Equal("+OK", await deployment.Redis!.SendAsync("CONFIG", "SET", "requirepass", "right-3f9c"));
        var server = await deployment.StartServerAsync(deployment.Options("server", redis: deployment.Redis.ConnectionString + ",password=wrong-7b1d"));
        AssertRefused(await Traffic.RunAsync(deployment, server, null, FirstCalls));

        var traffic = await Traffic.RunAsync(deployment, server, null, TimeSpan.FromSeconds(2));

        output.WriteLine($"{traffic}");
        AssertRefusedInTime(traffic);
        Assert.Equal(503, await Deployment.HealthAsync(server));
        Assert.Contains(Reasons.ReplayStoreUnavailable, server.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-7b1d", server.Output.Text, StringComparison.Ordinal);
    }

    private static void AssertRefused(Traffic traffic, string reason = Reasons.ReplayStoreUnavailable)
    {
        Assert.All(traffic.Bound, timed => Assert.True(timed.Reply.Status == 503 && timed.Reply.Reason == reason, $"{timed.Reply}"));
        Assert.All(traffic.Bound, timed => Assert.True(int.Parse(timed.Reply.Header("Retry-After")!) > 0));
        Assert.All(traffic.Bearer, timed => Assert.True(timed.Reply.IsAccepted, $"{timed.Reply}"));
    }

    private static void AssertRefusedInTime(Traffic traffic, string reason = Reasons.ReplayStoreUnavailable)
    {
        AssertRefused(traffic, reason);
        Assert.True(traffic.Bearer.Count > 20, "Too few bearer calls to say anything of them.");
        Assert.True(traffic.MedianBearer < Unaffected, $"Bearer calls waited: {traffic}");

        var tolerance = traffic.SlowestBearer < MostTolerance ? traffic.SlowestBearer : MostTolerance;
        Assert.True(traffic.SlowestBound < Bound + tolerance, $"A refusal took longer than {Bound.TotalMilliseconds:F0} ms and {tolerance.TotalMilliseconds:F0} ms that were the machine's: {traffic}");
    }

    private async Task RecoversAsync(Deployment deployment, ServerProcess server, string token, string? nonce)
    {
        var start = Stopwatch.GetTimestamp();
        using var connection = await KeptConnection.OpenAsync(server.Url);
        Reply reply;
        while (!(reply = await connection.AskAsync(deployment.Call(token, nonce))).IsAccepted)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Recovery, $"No recovery within 2 s: {reply}");
            nonce = reply.Nonce ?? nonce;
            await Task.Delay(10);
        }

        var took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"recovered after {took.TotalMilliseconds:F0} ms");
        Assert.True(took < Recovery);
        await Deployment.AwaitHealthAsync(server, 200, Recovery);
    }
}
