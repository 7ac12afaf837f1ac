using AgentBrain.Bench;
using AgentBrain.Bench.Authorization;
using AgentBrain.Bench.Tokens;

// dotnet run -c Release --project bench/AgentBrain.Bench [index|search|server|authorization|tokens]...
var wanted = args.Length == 0 ? ["index", "search", "server", "authorization", "tokens"] : args;
var report = new Report(Console.Out);
report.Machine();
foreach (var name in wanted)
{
    switch (name)
    {
        case "index":
            await IndexBenchmark.RunAsync(report);
            break;
        case "search":
            SearchBenchmark.Run(report);
            break;
        case "server":
            await ServerBenchmark.RunAsync(report);
            break;
        case "authorization":
            await AuthorizationBenchmark.RunAsync(report);
            break;
        case "tokens":
            await TokensBenchmark.RunAsync(report);
            break;
        default:
            await Console.Error.WriteLineAsync($"There is no benchmark '{name}'; there are: index, search, server, authorization, tokens.");
            return 2;
    }
}

return 0;
