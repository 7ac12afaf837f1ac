using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Mcp.Tools;
using AgentBrain.Server.Tests.Brains.Indexing;

namespace AgentBrain.Server.Tests.Brains.Storage;

/// <summary>
/// SQLite notices damage to the form of its pages, not to what stands in them. Whatever comes out of a damaged file is answered or
/// refused as damage; nothing else is thrown, and the worker of the jobs stays.
/// </summary>
public sealed class DamagedIndexTests(DamagedIndex index) : IClassFixture<DamagedIndex>
{
    private const int Seeds = 40;

    [Fact]
    public async Task Bytes_that_were_not_written_are_answered_or_refused_as_damage()
    {
        var refused = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            refused += await RefusalsAsync(index.WithBytesOf(seed), $"seed {seed}");
        }

        Assert.True(refused > 0, "No damage was met.");
    }

    [Theory]
    [InlineData("DELETE FROM chunks")]
    [InlineData("DELETE FROM files")]
    [InlineData("DELETE FROM folders")]
    [InlineData("UPDATE chunks SET text = NULL")]
    [InlineData("UPDATE chunks SET text = x'00ff'")]
    [InlineData("UPDATE chunks SET text = CAST(x'6128ff' AS TEXT)")]
    [InlineData("UPDATE chunks SET ordinal = ordinal + 9000000000")]
    [InlineData("UPDATE chunks SET start_line = -1")]
    [InlineData("UPDATE chunks SET page = 1.5e300")]
    [InlineData("UPDATE files SET path = '../' || path")]
    [InlineData("UPDATE files SET source_type = 7.5, language = x'01'")]
    [InlineData("UPDATE files SET format = 77")]
    [InlineData("UPDATE files SET size = -1")]
    [InlineData("UPDATE files SET sha256 = NULL")]
    [InlineData("UPDATE folders SET settings = 'null'")]
    [InlineData("UPDATE folders SET settings = '{'")]
    [InlineData("UPDATE folders SET settings = '{}'")]
    [InlineData("UPDATE folders SET metadata = '[1]'")]
    [InlineData("UPDATE folders SET metadata = '{\"\\ud800\":1}'")]
    [InlineData("UPDATE folders SET last_indexed = 'yesterday'")]
    [InlineData("UPDATE jobs SET request = '{\"kind\":\"Index\",\"targets\":null}'")]
    [InlineData("UPDATE jobs SET request = '{\"kind\":\"Index\",\"targets\":[null]}'")]
    [InlineData("UPDATE jobs SET state = '1'")]
    [InlineData("UPDATE jobs SET counts = '{\"skipped\":null}'")]
    [InlineData("UPDATE jobs SET created_at = '202'")]
    [InlineData("UPDATE jobs SET attempts = 1e300")]
    [InlineData("UPDATE extractions SET document = '{}'")]
    [InlineData("UPDATE extractions SET document = '{\"pages\":[null]}'")]
    [InlineData("UPDATE chunk_terms_docsize SET sz = NULL WHERE id % 2 = 0; DELETE FROM chunk_terms_docsize WHERE id % 2 = 1")]
    [InlineData("UPDATE chunk_terms_config SET v = -1 WHERE k = 'version'")]
    public async Task Values_that_cannot_be_are_refused_as_damage(string damage) =>
        Assert.True(await RefusalsAsync(index.WithValuesOf(damage), damage) > 0, "No damage was met.");

    /// <summary>How many calls were refused as damage; whatever else comes of one is told with what the damage was.</summary>
    private async Task<int> RefusalsAsync(byte[] bytes, string damage)
    {
        try
        {
            return await AskEverythingAsync(bytes);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Damage by {damage} came out as something else.", e);
        }
    }

    /// <summary>Asks all that reads the index, then indexes anew and removes; returns how many were refused.</summary>
    private async Task<int> AskEverythingAsync(byte[] bytes)
    {
        var refused = 0;
        RunningBrain? opened = null;
        if (!Ask(() => opened = index.Open(bytes), ref refused))
        {
            return refused;
        }

        await using var running = opened!;
        var brain = running.Brain;
        var random = new Random(1);
        for (var i = 0; i < 6; i++)
        {
            Ask(() => Search(brain, DamagedIndex.Words(random, 3)), ref refused);
        }

        Ask(() => brain.Folders(), ref refused);
        Ask(() => brain.Count(), ref refused);
        Ask(() => brain.Cache(), ref refused);
        Ask(() => brain.Jobs.Page(long.MaxValue, 100), ref refused);
        Ask(() => RootLabels.Reconcile(running.Database, running.Definition with { HasNamedRoots = true }, running.Environment.Logger), ref refused);
        Ask(() => brain.ReadFile("root/docs/part1/note1.md"), ref refused);
        foreach (var kind in Enum.GetValues<CompletionKind>())
        {
            Ask(() => brain.Complete(kind, "", 20), ref refused);
        }

        JobRecord? job = null;
        Ask(() => job = brain.Indexing.Folder("root/docs", new(), force: true, "tester"), ref refused);
        var until = Environment.TickCount64 + 2000;
        while (job is { IsFinal: false } && Environment.TickCount64 < until && Ask(() => job = brain.Jobs.Find(job.Id), ref refused))
        {
            // A queue that is damaged itself is tried again later than this waits.
            await Task.Delay(5);
        }

        if (job is { State: JobState.Failed })
        {
            refused++;
            Assert.True(job.Reason == "database_corrupt", $"The job ended with {job.Reason}: {job.Message}");
        }

        Ask(() => brain.RemoveFolder(new BrainPath("root", "docs/part1")), ref refused);
        Ask(() => brain.ClearCache(), ref refused);
        return refused;
    }

    /// <summary>True if it answered; a refusal as damage is counted.</summary>
    private static bool Ask(Action call, ref int refused)
    {
        try
        {
            call();
            return true;
        }
        catch (BrainException e) when (e.Reason == "folder_not_indexed")
        {
            // The folder's row is what was damaged.
            return true;
        }
        catch (BrainException e) when (e.Reason == "database_corrupt")
        {
            refused++;
            return false;
        }
    }

    private static void Search(OpenBrain brain, string query)
    {
        var request = new SearchRequest { Query = query, Mode = SearchMode.Bm25, TopK = 100 };
        _ = brain.Search(request with { Explain = true }, CancellationToken.None);
        _ = brain.Search(request with { Languages = ["markdown"], FilePaths = ["**/*.md"] }, CancellationToken.None);
        foreach (var hit in brain.Search(request, CancellationToken.None).Hits)
        {
            _ = ChunkMetadata.Of(hit.Chunk);
            Assert.True(double.IsFinite(hit.Score));
        }
    }
}
