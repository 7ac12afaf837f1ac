using AgentBrain.Bench;

// dotnet run -c Release --project bench/AgentBrain.Bench [index|search|server]...
var wanted = args.Length == 0 ? ["index", "search", "server"] : args;
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
        default:
            await Console.Error.WriteLineAsync($"There is no benchmark '{name}'; there are: index, search, server.");
            return 2;
    }
}

return 0;
