using System.Collections.Concurrent;
using System.Text;
using AgentBrain.FaultTests.Support;

namespace AgentBrain.FaultTests.Load;

public sealed class CrowdTests
{
    private const int Clients = 300;

    [Fact]
    public async Task Three_hundred_clients_search_while_a_folder_is_indexed_and_removed()
    {
        using var tree = new TemporaryTree();
        new Corpus(3).Write(tree, "root/moving", 300);
        tree.Write("root/moving/secret.md", "zanzibarword");
        tree.Write("root/kept/anchor.md", "lighthouse keeper");

        // The limit of requests a second is tested elsewhere; here everything is let in.
        var options = new ServerOptions { Root = tree.Combine("root"), Data = tree.Combine("data") }.With("AGENT_BRAIN_RATE_PER_PRINCIPAL", "0");
        var failures = new ConcurrentQueue<string>();
        await using (var server = await ServerProcess.StartAsync(options))
        {
            await using var owner = await server.ConnectAsync();
            await owner.IndexAsync("root/kept");
            using var stop = new CancellationTokenSource();
            var crowd = Enumerable.Range(0, Clients).Select(number => SearchAsync(server, number, failures, stop.Token)).ToList();
            for (var round = 0; round < 3; round++)
            {
                var busy = await owner.DoAsync("index_folder", new { folder_path = "root/moving" });
                var removal = await owner.AskAsync("remove_folder", new { folder_path = "root/moving", confirm = true });
                Assert.True(!removal.IsError || removal.Reason is "folder_busy" or "folder_not_indexed", removal.Text);
                Assert.Equal("completed", (await owner.DoAsync("wait_for_job", new { job_id = busy.JobId, timeout_seconds = 120 })).Status);
                await owner.IndexAsync("root/moving");
                await owner.DoAsync("remove_folder", new { folder_path = "root/moving", confirm = true });
            }

            // While searches still read: what was removed is in none of the files any more.
            Assert.Empty(await FilesWithAsync(options.Data, "zanzibarword"));
            await stop.CancelAsync();
            var searches = (await Task.WhenAll(crowd)).Sum();
            Assert.True(searches >= Clients, $"{Clients} clients made only {searches} searches.");
            Assert.True(failures.IsEmpty, $"{failures.Count} failures, the first: {failures.FirstOrDefault()}");
            Assert.Empty(await owner.FindAsync("zanzibarword"));
            Assert.Equal(0, await server.StopAsync());
        }

        using var index = IndexFiles.Open(options.Data);
        IndexAssert.IsWhole(index);
        IndexAssert.HasNoStaleExtraction(index);
        Assert.Equal(["1"], index.Rows("SELECT count(*) FROM files"));
        Assert.Equal(["1"], index.Rows("SELECT count(*) FROM folders"));
    }

    private static async Task<List<string>> FilesWithAsync(string data, string text)
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(data, "index.db*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            if (bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
                found.Add(Path.GetFileName(file));
        }

        return found;
    }

    /// <summary>Searches over a connection of its own until told to stop, but once at least; how often.</summary>
    private static async Task<int> SearchAsync(ServerProcess server, int number, ConcurrentQueue<string> failures, CancellationToken stop)
    {
        var corpus = new Corpus(number % 5);
        var searches = 0;
        try
        {
            await using var client = await server.ConnectAsync();
            do
            {
                var query = searches % 3 == 0 ? "lighthouse" : corpus.Query(2);
                var answer = await client.AskAsync("search_documents", new { query, mode = "bm25", top_k = 5 }, CancellationToken.None);
                if (answer.IsError || (query == "lighthouse" && !answer.Text.Contains("anchor.md", StringComparison.Ordinal)))
                    failures.Enqueue($"{query}: {answer.Reason} {answer.Text}");

                searches++;
            }
            while (!stop.IsCancellationRequested);
        }
        catch (Exception e)
        {
            failures.Enqueue(e.ToString());
        }

        return searches;
    }
}
