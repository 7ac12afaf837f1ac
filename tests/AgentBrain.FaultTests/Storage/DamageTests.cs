using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Storage;

/// <summary>A database whose bytes are no longer those that were written: every call says so and what to do, and the server stays.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData(0.0, 0.01)]
    [InlineData(0.3, 0.6)]
    public async Task Damage_done_while_the_server_was_stopped_is_refused_with_the_fix(double from, double to)
    {
        using var tree = new TemporaryTree();
        var options = await IndexedAsync(tree);
        var file = IndexFiles.PathOf(options.Data);
        Overwrite(file, from, to);
        var damaged = await File.ReadAllBytesAsync(file);
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await using var client = await server.ConnectAsync();
            await IsRefusedAsync(client, tree);
            if (from == 0)
            {
                Assert.Contains("A brain could not be opened", server.Output.Text, StringComparison.Ordinal);
                Assert.Equal(damaged, await File.ReadAllBytesAsync(file));
            }
        }

        await RecoversAsync(options, file);
    }

    [Fact]
    public async Task Damage_done_while_the_server_runs_is_refused_with_the_fix()
    {
        using var tree = new TemporaryTree();
        var options = await IndexedAsync(tree);
        var file = IndexFiles.PathOf(options.Data);
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await using var client = await server.ConnectAsync();
            Assert.NotEmpty(await client.FindAsync("anchorword"));

            Overwrite(file, 0.2, 0.9);
            await IsRefusedAsync(client, tree);
            Assert.False(server.HasExited);
        }

        await RecoversAsync(options, file);
    }

    [Fact]
    public async Task A_damaged_list_of_brains_refuses_the_start_in_a_sentence()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "alpha");
        tree.Write("data/brains/brains.json", "{\"default\":");

        var (exitCode, text) = await ServerProcess.RefusesAsync(new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") });

        Assert.Equal(2, exitCode);
        Assert.Contains("brains.json is damaged", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private static async Task<ServerOptions> IndexedAsync(TemporaryTree tree)
    {
        new Corpus(7).Write(tree, "root/docs", 200);
        tree.Write("root/docs/anchor.md", "anchorword");
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") };
        await using var server = await ServerProcess.StartAsync(options);
        await using var client = await server.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root/docs")).Status);
        Assert.Equal(0, await server.StopAsync());
        return options;
    }

    /// <summary>Calls until the damage is met; all that is refused is refused for it, and the server's health is told.</summary>
    private static async Task IsRefusedAsync(ModelContextProtocol.Client.McpClient client, TemporaryTree tree)
    {
        var corpus = new Corpus(7);
        var refused = 0;
        for (var i = 0; i < 200; i++)
        {
            var answer = await client.AskAsync("search_documents", new { query = corpus.Query(3), mode = "bm25", top_k = 100 });
            if (!answer.IsError)
                continue;

            refused++;
            Assert.Equal("database_corrupt", answer.Reason);
            Assert.Contains("move the brain's index.db and the files beside it", answer.Text, StringComparison.Ordinal);
        }

        Assert.True(refused > 0, "No search met the damage.");
        tree.Write("root/docs/new.md", "a new file");
        var job = await client.AskAsync("index_folder", new { folder_path = "root/docs", force = true });
        if (!job.IsError)
            job = await client.AskAsync("wait_for_job", new { job_id = job.JobId, timeout_seconds = 60 });
        Assert.Equal("database_corrupt", job.IsError ? job.Reason : job.Result!["reason"]?.GetValue<string>());
        Assert.Contains(await client.DoAsync("server_health") is var health ? health.Status : "", new[] { "healthy", "unhealthy" });
    }

    /// <summary>The fix that the refusal names does it.</summary>
    private static async Task RecoversAsync(ServerOptions options, string file)
    {
        foreach (var part in Directory.GetFiles(Path.GetDirectoryName(file)!, "index.db*"))
            File.Move(part, part + ".damaged");

        await using var server = await ServerProcess.StartAsync(options);
        await using var client = await server.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root/docs")).Status);
        Assert.Single(await client.FindAsync("anchorword"));
    }

    private static void Overwrite(string file, double from, double to)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var junk = new byte[(int)(stream.Length * (to - from))];
        new Random(1).NextBytes(junk);
        stream.Position = (long)(stream.Length * from);
        stream.Write(junk);
    }
}
