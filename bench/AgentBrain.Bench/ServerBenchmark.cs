using System.Diagnostics;
using ModelContextProtocol.Client;

namespace AgentBrain.Bench;

/// <summary>The program as a user runs it: time to ready, memory, and calls a second from one and from eight clients.</summary>
internal static class ServerBenchmark
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Report report)
    {
        report.Section("The server as a process, mode none");
        var root = Directory.CreateTempSubdirectory("agent-brain-bench-root-").FullName;
        var data = Directory.CreateTempSubdirectory("agent-brain-bench-data-").FullName;
        try
        {
            await using (await BenchServer.StartAsync(root, data))
            {
                // The first start also makes the database.
            }

            await using var server = await BenchServer.StartAsync(root, data);
            report.Figure("start to ready", server.StartupTime.TotalSeconds, "s", "<= 2");
            await Task.Delay(TimeSpan.FromSeconds(3));
            report.Figure("resident memory, idle", server.ResidentMegabytes(), "MB", "<= 150");

            await IndexAsync(report, server, root);
            report.Figure("resident memory, after indexing", server.ResidentMegabytes(), "MB");
            foreach (var clients in (int[])[1, 8])
            {
                report.Figure($"query_count, {clients} client(s)", await CallAsync(server, clients, "query_count", null), "calls/s");
                report.Figure(
                    $"search_documents, {clients} client(s)",
                    await CallAsync(server, clients, "search_documents", new Dictionary<string, object?> { ["query"] = "replay store", ["mode"] = "bm25" }),
                    "calls/s");
            }

            report.Figure("resident memory, at the end", server.ResidentMegabytes(), "MB");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task IndexAsync(Report report, BenchServer server, string root)
    {
        var corpus = new Corpus(1);
        long bytes = 0;
        for (var i = 0; i < 2000; i++)
        {
            var text = i % 2 == 0 ? corpus.Markdown(16_000) : corpus.Code(16_000);
            await File.WriteAllTextAsync(Path.Combine(root, i % 2 == 0 ? $"doc{i}.md" : $"Code{i}.cs"), text);
            bytes += text.Length;
        }

        await using var client = await server.ConnectAsync();
        var started = Stopwatch.GetTimestamp();
        var job = await client.CallToolAsync("index_folder", new Dictionary<string, object?> { ["folder_path"] = root });
        var id = job.StructuredContent!.Value.GetProperty("job_id").GetString();
        var done = await client.CallToolAsync("wait_for_job", new Dictionary<string, object?> { ["job_id"] = id, ["timeout_seconds"] = 300 });
        if (done.StructuredContent!.Value.GetProperty("status").GetString() != "completed")
        {
            throw new InvalidOperationException(done.StructuredContent.Value.ToString());
        }

        report.Figure("index over MCP, 2,000 files", bytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6, "MB/s", ">= 20");
    }

    private static async Task<double> CallAsync(BenchServer server, int clients, string tool, Dictionary<string, object?>? arguments)
    {
        var connections = new List<McpClient>();
        for (var i = 0; i < clients; i++)
        {
            connections.Add(await server.ConnectAsync());
        }

        var calls = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(async client =>
        {
            while (Stopwatch.GetElapsedTime(started) < Duration)
            {
                var result = await client.CallToolAsync(tool, arguments);
                if (result.IsError == true)
                {
                    throw new InvalidOperationException($"{tool} failed.");
                }

                Interlocked.Increment(ref calls);
            }
        }));
        var rate = calls / Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var client in connections)
        {
            await client.DisposeAsync();
        }

        return rate;
    }
}
