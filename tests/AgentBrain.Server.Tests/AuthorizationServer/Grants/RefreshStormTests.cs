using System.Diagnostics;
using System.Globalization;
using AgentBrain.Server.AuthorizationServer.Activities;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>
/// Fifty processes that share a token and wake at once, as editors with many windows do. All go on, with one and the same successor; on the
/// real clock, over real sockets.
/// </summary>
public sealed class RefreshStormTests(RefreshStormTests.Server server) : GrantScene(server), IClassFixture<RefreshStormTests.Server>
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    /// <summary><c>AGENT_BRAIN_ROUNDS</c> asks for that many rounds however long they take; otherwise up to 200 within a minute.</summary>
    [Fact]
    public async Task Fifty_that_refresh_one_token_at_once_all_get_one_successor()
    {
        var asked = int.TryParse(Environment.GetEnvironmentVariable("AGENT_BRAIN_ROUNDS"), CultureInfo.InvariantCulture, out var number) ? number : 0;
        var clients = Enumerable.Range(0, AtOnce).Select(_ => Brain.NewClient()).ToList();
        var watch = Stopwatch.StartNew();
        var (token, grantId) = await StartGrantAsync();
        var rounds = 0;
        for (; asked > 0 ? rounds < asked : rounds < 200 && (rounds < 10 || watch.Elapsed < Enough); rounds++)
        {
            var current = token;
            var answers = await Task.WhenAll(clients.Select(client => Task.Run(() => RefreshAsync(current, http: client))));
            Assert.All(answers, answer => Assert.Equal((200, null), (answer.Status, answer.Error)));
            token = Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
            Assert.Equal(AtOnce, answers.Select(answer => answer.Claim("jti")).Distinct().Count());
        }

        var rows = await TokensAsync(grantId);
        Assert.Equal((rounds + 1, 1), (rows.Count, rows.Count(row => row.RedeemedAt is null)));
        Assert.Null((await GrantAsync(grantId)).RevokedAt);
        Assert.Empty(await ActivitiesAsync(ActivityKinds.RefreshReplayed));
        Assert.Equal(rounds, (await ActivitiesAsync(ActivityKinds.TokenRefreshed)).Count);
        var took = watch.Elapsed;
        TestContext.Current.SendDiagnosticMessage($"{rounds} rounds of {AtOnce} in {took.TotalSeconds:F1} s; {rows.Sum(row => row.Repeats)} repeats counted.");
        foreach (var client in clients)
            client.Dispose();
    }

    public sealed class Server : GrantServer
    {
        private protected override TimeProvider Clock => TimeProvider.System;
    }
}
