using System.Text;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Load;

/// <summary>Jobs that are given up, by a tool or by whoever waited for them.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task A_cancelled_job_ends_keeps_whole_files_and_can_be_asked_for_again()
    {
        using var tree = new TemporaryTree();
        new Corpus(11).Write(tree, "root/docs", 1500);
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") };
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await using var client = await server.ConnectAsync();
            var job = await client.DoAsync("index_folder", new { folder_path = "root/docs" });
            var waiting = client.DoAsync("wait_for_job", new { job_id = job.JobId, timeout_seconds = 60 });
            Assert.NotNull(await server.Output.FindAsync($"{job.JobId} started", 0, TimeSpan.FromSeconds(30)));

            var cancelled = await client.DoAsync("cancel_job", new { job_id = job.JobId, confirm = true });

            Assert.True(cancelled.Result!["cancelled"]!.GetValue<bool>(), cancelled.Text);
            Assert.Equal("cancelled", (await waiting).Status);
            Assert.False((await client.DoAsync("cancel_job", new { job_id = job.JobId, confirm = true })).Result!["cancelled"]!.GetValue<bool>());
            Assert.Equal(0, await server.StopAsync());
        }

        using (var index = IndexFiles.Open(options.Data))
            IndexAssert.IsWhole(index);

        await using var again = await ServerProcess.StartAsync(options);
        await using var asker = await again.ConnectAsync();
        Assert.Equal("completed", (await asker.IndexAsync("root/docs")).Status);
        Assert.Equal(1500, (await asker.DoAsync("query_count")).Result!["total_documents"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_client_that_disconnects_while_it_waits_ends_its_wait_and_not_the_job()
    {
        using var tree = new TemporaryTree();
        new Corpus(12).Write(tree, "root/docs", 1000);
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") });
        await using var client = await server.ConnectAsync();
        var job = await client.DoAsync("index_folder", new { folder_path = "root/docs" });
        for (var i = 0; i < 5; i++)
            await LeaveAsync(server, job.JobId);

        var done = await client.DoAsync("wait_for_job", new { job_id = job.JobId, timeout_seconds = 60 });

        Assert.Equal("completed", done.Status);
        Assert.Equal(1000, (await client.DoAsync("query_count")).Result!["total_documents"]!.GetValue<int>());
        Assert.DoesNotContain("fail:", server.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("correlation", server.Output.Text, StringComparison.Ordinal);
    }

    /// <summary>Asks to wait for the job with progress, and closes the connection when the answer has begun.</summary>
    private static async Task LeaveAsync(ServerProcess server, string jobId)
    {
        const string meta = """{"progressToken":"p","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}""";
        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait_for_job","arguments":{"job_id":"{{{jobId}}}"},"_meta":{{{meta}}}}}""";
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
        request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
        request.Headers.TryAddWithoutValidation("Mcp-Name", "wait_for_job");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync();
        Assert.NotEqual(0, await stream.ReadAsync(new byte[1]));
    }
}
