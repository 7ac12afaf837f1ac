using System.Globalization;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Bench.Tokens;

/// <summary>Token requests of this program beside those of npm's <c>oidc-provider</c>: the servers take turns, round after round.</summary>
internal static class TokensBenchmark
{
    private const int Connections = 8;
    private const int Requests = 400;
    private const int Rounds = 7;

    // For the compilers of both.
    private const int WarmUps = 3;

    /// <summary>The least that this program must be faster.</summary>
    private const double Goal = 3;

    public static async Task RunAsync(Report report)
    {
        await AssertDurableAsync(report);
        await using var npm = await NpmTokenServer.StartAsync();
        await using var own = await OwnTokenServer.StartAsync();
        ITokenServer[] servers = [npm, own];
        var exchanges = servers.ToDictionary(static server => server, static _ => new List<TokenRound>());
        var refreshes = servers.ToDictionary(static server => server, static _ => new List<TokenRound>());
        for (var round = 0; round < Rounds + WarmUps; round++)
        {
            foreach (var server in servers)
            {
                var (exchange, refresh) = await MeasureAsync(server);
                if (round < WarmUps)
                    continue;

                exchanges[server].Add(exchange);
                refreshes[server].Add(refresh);
            }
        }

        Print(report, "Token requests with a code", servers, exchanges);
        Print(report, "Token requests with a refresh token", servers, refreshes);
    }

    /// <summary>Every code is of an authorization of its own, and every refresh token is used once.</summary>
    private static async Task<(TokenRound Exchange, TokenRound Refresh)> MeasureAsync(ITokenServer server)
    {
        using var client = new TokenClient(server, Connections);
        var codes = new List<BenchCode>();
        for (var i = 0; i < Requests; i++)
            codes.Add(await server.IssueAsync());

        GC.Collect();
        var exchange = await client.RunAsync([.. codes.Select(client.Exchange)]);
        var refresh = await client.RunAsync([.. exchange.RefreshTokens.Select(client.Refresh)]);
        return (exchange, refresh);
    }

    private static void Print(Report report, string title, ITokenServer[] servers, Dictionary<ITokenServer, List<TokenRound>> measured)
    {
        report.Section($"{title}, {Connections} connections, medians of {Rounds} rounds of {Requests:N0}");
        report.Columns("", "requests/s", "of first", "p50 ms", "p99 ms", "CPU us");
        foreach (var server in servers)
        {
            var (rounds, first) = (measured[server], measured[servers[0]]);
            double[] latencies = [.. rounds.SelectMany(static round => round.Latencies).Order()];
            var share = Report.Median(rounds.Zip(first, static (round, other) => round.Rate / other.Rate));
            double[] figures =
            [
                Report.Median(rounds.Select(static round => round.Rate)),
                share,
                Report.Percentile(latencies, 0.50),
                Report.Percentile(latencies, 0.99),
                Report.Median(rounds.Select(static round => round.Cpu)),
            ];
            report.Row(server.Name, figures, server == servers[0] ? null : string.Create(CultureInfo.InvariantCulture, $"goal >= {Goal:N0}: {(share >= Goal ? "met" : "MISSED")}"));
        }
    }

    /// <summary>What is answered is on the disk: otherwise the figures would be those of another program.</summary>
    private static async Task AssertDurableAsync(Report report)
    {
        const int Full = 2;
        var folder = Directory.CreateTempSubdirectory("agent-brain-bench-durable-").FullName;
        try
        {
            var settings = new Dictionary<string, string?> { ["AGENT_BRAIN_AUTH"] = "oauth", ["AGENT_BRAIN_DATA"] = folder, ["AGENT_BRAIN_PUBLIC_URL"] = "http://127.0.0.1:1" };
            await using var app = OfflineHost.Create([.. settings.Select(static setting => $"--{setting.Key}={setting.Value}")], new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
            await using var database = await app.Services.GetRequiredService<IDbContextFactory<AuthorityContext>>().CreateDbContextAsync();
            var mode = (await database.Database.SqlQueryRaw<string>("PRAGMA journal_mode").ToListAsync()).Single();
            var synchronous = (await database.Database.SqlQueryRaw<int>("PRAGMA synchronous").ToListAsync()).Single();
            if (synchronous != Full || mode != "wal")
                throw new InvalidOperationException($"The database is not as durable as in production: journal_mode={mode}, synchronous={synchronous}.");

            report.Section($"The database of agent-brain: journal_mode={mode}, synchronous=FULL; that of npm's oidc-provider: its memory");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
