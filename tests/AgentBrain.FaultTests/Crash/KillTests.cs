using System.Diagnostics;
using AgentBrain.FaultTests.Support;
using AgentBrain.Server.Brains.Search;

namespace AgentBrain.FaultTests.Crash;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Files = 5000;
    private const int Seed = 20260728;

    [Fact]
    public async Task Twenty_kills_while_indexing_leave_the_index_of_an_undisturbed_run()
    {
        using var tree = new TemporaryTree();
        var corpus = new Corpus(Seed);
        var expected = corpus.Write(tree, "root/docs", Files);
        var undisturbed = new ServerOptions { Root = tree.Combine("root"), Data = tree.Folder("undisturbed") };
        var clock = new Stopwatch();
        await using (var server = await ServerProcess.StartAsync(undisturbed))
        {
            await using var client = await server.ConnectAsync();
            clock.Start();
            var done = await client.IndexAsync("root/docs");
            clock.Stop();
            Assert.Equal("completed", done.Status);
            Assert.Equal(0, await server.StopAsync());
        }

        var random = new Random(Seed);
        var longest = (int)Math.Min(1400, clock.ElapsedMilliseconds * 0.6);
        output.WriteLine($"seed {Seed}, undisturbed {clock.ElapsedMilliseconds} ms, kills within {longest} ms");
        var indexing = new KilledIndexing(undisturbed with { Data = tree.Folder("killed") }, "root/docs", output.WriteLine);
        for (var kill = 0; kill < Kills; kill++)
            await indexing.KillAfterAsync(TimeSpan.FromMilliseconds(random.Next(longest)));

        var before = indexing.Done;
        var job = await indexing.FinishAsync();

        output.WriteLine($"{indexing.JobId}: {job.Text}; {indexing.Kept} times a file was kept, asked again {indexing.AskedAgain} times");
        Assert.Equal("completed", job.Status);
        Assert.Equal(before, job.Result!["counts"]!["unchanged"]!.GetValue<int>());
        Assert.Equal(expected - before, job.Result["counts"]!["added"]!.GetValue<int>() + job.Result["counts"]!["changed"]!.GetValue<int>());
        Assert.True(indexing.Kept > 0, "No kill came when a part of the files was done.");
        Compare(undisturbed.Data, tree.Combine("killed"), corpus, expected);
    }

    private static void Compare(string undisturbed, string killed, Corpus corpus, int files)
    {
        using var left = IndexFiles.Open(undisturbed);
        using var right = IndexFiles.Open(killed);
        Assert.Equal(files, left.Count("SELECT count(*) FROM files"));
        foreach (var index in new[] { left, right })
        {
            IndexAssert.IsWhole(index);
            IndexAssert.HasNoStaleExtraction(index);
        }

        IndexAssert.Same(left, right);
        var found = 0;
        for (var query = 0; query < 200; query++)
            found += IndexAssert.SameRanks(left, right, SearchQuery.Parse(corpus.Query(1 + (query % 4))).ToMatch()!);

        Assert.True(found > 1000, $"200 queries found only {found} chunks, so they compare little.");
    }
}
