using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Storage;

/// <summary>An index that has no room: the job says so, what was finished stays, and it goes on when there is room again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_limit_of_the_index_fails_the_job_by_name_and_more_room_lets_it_finish()
    {
        using var tree = new TemporaryTree();
        WriteTooMuch(tree);
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") }.With("AGENT_BRAIN_MAX_INDEX_BYTES", "3000000");
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await FillAsync(server, ["disk_full"]);
            Assert.Equal(0, await server.StopAsync());
        }

        using (var index = IndexFiles.Open(options.Data))
            IndexAssert.IsWhole(index);

        await using var roomy = await ServerProcess.StartAsync(options.With("AGENT_BRAIN_MAX_INDEX_BYTES", "300000000"));
        await using var client = await roomy.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root/large")).Status);
        Assert.NotEmpty(await client.FindAsync("lastword"));
    }

    [Fact]
    public async Task A_file_system_that_fills_up_fails_the_job_by_name_and_more_room_lets_it_finish()
    {
        using var tree = new TemporaryTree();
        WriteTooMuch(tree);
        await using var disk = await Mount.CreateAsync(tree.Combine("disk"), "size=8m");
        var options = new ServerOptions { Root = tree.Combine("root"), Data = Path.Combine(disk.Path, "data") };
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await FillAsync(server, ["disk_full", "disk_low"]);

            // The disk grows while the server runs: no restart is needed.
            await disk.RemountAsync("size=256m");
            await using var client = await server.ConnectAsync();
            Assert.Equal("completed", (await client.IndexAsync("root/large")).Status);
            Assert.NotEmpty(await client.FindAsync("lastword"));
            Assert.Equal(0, await server.StopAsync());
        }

        using var index = IndexFiles.Open(options.Data);
        IndexAssert.IsWhole(index);
    }

    [Fact]
    public async Task A_file_system_without_any_room_refuses_the_start_in_a_sentence()
    {
        using var tree = new TemporaryTree();
        tree.Write("root/a.md", "alpha");
        await using var disk = await Mount.CreateAsync(tree.Combine("disk"), "size=64k");
        var filler = Path.Combine(disk.Path, "filler");
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[256 * 1024]));

        var (exitCode, text) = await ServerProcess.RefusesAsync(new ServerOptions { Root = tree.Combine("root"), Data = Path.Combine(disk.Path, "data") });

        Assert.Equal(2, exitCode);
        Assert.Contains("AGENT_BRAIN_DATA", text, StringComparison.Ordinal);
        Assert.DoesNotContain("another agent-brain process", text, StringComparison.Ordinal);
        Assert.Contains("No space left", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private static async Task FillAsync(ServerProcess server, string[] reasons)
    {
        await using var client = await server.ConnectAsync();
        Assert.Equal("completed", (await client.IndexAsync("root/small")).Status);

        var failed = await client.IndexAsync("root/large");

        Assert.Equal("failed", failed.Status);
        Assert.Contains(failed.Result!["reason"]!.GetValue<string>(), reasons);
        Assert.Contains("free", failed.Text, StringComparison.Ordinal);
        Assert.Contains("files that were finished are kept", failed.Text, StringComparison.Ordinal);
        Assert.Single(await client.FindAsync("lighthouse"));
        Assert.Equal("healthy", (await client.DoAsync("server_health")).Status);
    }

    private static void WriteTooMuch(TemporaryTree tree)
    {
        tree.Write("root/small/a.md", "lighthouse");
        var random = new Random(1);
        for (var i = 0; i < 30; i++)
            tree.Write($"root/large/big{i:00}.md", string.Join(' ', Enumerable.Range(0, 20_000).Select(_ => random.Next().ToString("x8", null))) + " lastword");
    }
}
