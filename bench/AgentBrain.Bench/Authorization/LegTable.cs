using System.Globalization;

namespace AgentBrain.Bench.Authorization;

/// <summary>
/// Runs legs in turn, round after round, and prints them side by side. The shares of the first leg are medians of the shares in
/// one round, whose legs ran within seconds: what else the machine does hits all of them.
/// </summary>
internal sealed class LegTable(Report report, string tool, Leg[] legs)
{
    public const int Rounds = 7;

    // For the compiler, which goes on after the calls that made it begin.
    private const int WarmUps = 2;

    /// <summary>How many messages are needed for so many calls of a leg in a round.</summary>
    public static int Messages(int calls) => (Rounds + WarmUps) * calls;

    /// <summary>Measures and prints.</summary>
    /// <param name="connections">How many there are, each with one call at a time.</param>
    /// <param name="calls">Calls of a leg in a round.</param>
    /// <param name="message">The message of a call, by its number, which comes once for each leg.</param>
    public async Task RunAsync(int connections, int calls, Func<int, byte[]> message)
    {
        report.Section($"{tool}, {connections} connection(s), medians of {Rounds} rounds of {calls:N0} calls");
        report.Columns("", "calls/s", "of first", "p50 ms", "p99 ms", "CPU us", "of first", "Redis us", "kB");
        var rounds = legs.ToDictionary(static leg => leg, static _ => new List<LegRound>());
        for (var round = 0; round < Rounds + WarmUps; round++)
        {
            foreach (var leg in legs)
            {
                var first = round * calls;
                var measured = await MeasureAsync(leg, connections, calls, number => message(first + number));
                if (round >= WarmUps)
                    rounds[leg].Add(measured);
            }
        }

        foreach (var leg in legs)
            Print(leg, rounds[leg], rounds[legs[0]]);
    }

    private async Task<LegRound> MeasureAsync(Leg leg, int connections, int calls, Func<int, byte[]> message)
    {
        Credentials[] credentials = [.. Enumerable.Range(0, calls).Select(_ => leg.Prove())];
        byte[][] messages = [.. Enumerable.Range(0, calls).Select(message)];
        GC.Collect();
        using var client = new BenchClient(leg.Server.Mcp, tool, connections);
        var before = (Server: await leg.Server.UsageAsync(), Redis: leg.Redis?.Cpu ?? TimeSpan.Zero);
        var (latencies, elapsed) = await client.RunAsync(credentials, number => messages[number]);
        var after = (Server: await leg.Server.UsageAsync(), Redis: leg.Redis?.Cpu ?? TimeSpan.Zero);
        return new LegRound(
            calls / elapsed.TotalSeconds,
            latencies,
            (after.Server.Cpu - before.Server.Cpu).TotalMicroseconds / calls,
            (after.Redis - before.Redis).TotalMicroseconds / calls,
            (double)(after.Server.AllocatedBytes - before.Server.AllocatedBytes) / calls);
    }

    private void Print(Leg leg, List<LegRound> rounds, List<LegRound> first)
    {
        double[] latencies = [.. rounds.SelectMany(static round => round.Latencies).Order()];
        var share = Report.Median(rounds.Zip(first, static (round, other) => round.Rate / other.Rate));
        double[] figures =
        [
            Report.Median(rounds.Select(static round => round.Rate)),
            share,
            Report.Percentile(latencies, 0.50),
            Report.Percentile(latencies, 0.99),
            Report.Median(rounds.Select(static round => round.Cpu)),
            Report.Median(rounds.Zip(first, static (round, other) => other.Cpu / round.Cpu)),
            leg.Redis is null ? double.NaN : Report.Median(rounds.Select(static round => round.RedisCpu)),
            Report.Median(rounds.Select(static round => round.Allocated)) / 1000,
        ];
        report.Row(leg.Name, figures, leg.Budget is not { } budget ? null : string.Create(CultureInfo.InvariantCulture, $"budget >= {budget:N2}: {(share >= budget ? "met" : "MISSED")}"));
    }
}
