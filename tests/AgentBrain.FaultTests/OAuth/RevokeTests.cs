using System.Diagnostics;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>The operator takes access away: every server refuses it within seconds, and goes on to for as long as the token lives.</summary>
[Collection(nameof(Undisturbed))]
public sealed class RevokeTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_revoked_subject_is_refused_by_all_servers_within_seconds_and_after_a_restart()
    {
        await using var deployment = await Deployment.WithRedisAsync();
        await deployment.Redis!.SendAsync("SET", AgentBrain.OAuth.Revocation.RedisRevocations.SinceKey, "0");
        var options = new[] { "one", "two" }.Select(name => deployment.Options(name).With("AGENT_BRAIN_OAUTH_REVOCATIONS", "redis")).ToArray();
        var servers = new[] { await deployment.StartServerAsync(options[0]), await deployment.StartServerAsync(options[1]) };
        var token = deployment.BearerToken();
        foreach (var server in servers)
            await AwaitAsync(server, token, 200);

        Assert.Equal(0, await RevokeAsync(deployment));

        foreach (var server in servers)
            Assert.Equal(Reasons.TokenRevoked, (await AwaitAsync(server, token, 401)).Reason);

        await servers[0].KillAsync();
        var again = await deployment.StartServerAsync(options[0]);
        Assert.NotEqual(200, (await Deployment.SendAsync(again, Deployment.Call(token))).Status);
        Assert.Equal(Reasons.TokenRevoked, (await AwaitAsync(again, token, 401)).Reason);
    }

    private static async Task<Reply> AwaitAsync(ServerProcess server, string token, int status)
    {
        var start = Stopwatch.GetTimestamp();
        Reply reply;
        while ((reply = await Deployment.SendAsync(server, Deployment.Call(token))).Status != status)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Within, $"Still {reply} after {Within}.");
            await Task.Delay(50);
        }

        return reply;
    }

    private static async Task<int> RevokeAsync(Deployment deployment)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { typeof(AgentBrain.Server.Configuration.ServerSettings).Assembly.Location, "revoke", "--subject", "alice", "--issuer", deployment.Issuer.Url })
            start.ArgumentList.Add(argument);

        start.Environment["AGENT_BRAIN_REDIS"] = deployment.Redis!.ConnectionString;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }
}
