using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;
using AgentBrain.Server.Tests.Brains.Indexing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.Brains.Storage;

public sealed class StorageFaultTests
{
    [Fact]
    public async Task A_disk_that_fills_up_fails_the_job_by_name_keeps_finished_files_and_the_brain_goes_on()
    {
        await using var brain = new RunningBrain(maxIndexBytes: 3_000_000);
        brain.Root.Write("0-small.md", "alpha");
        await brain.IndexAsync();
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
        {
            brain.Root.Write($"big{i:00}.md", string.Join(' ', Enumerable.Range(0, 20_000).Select(_ => random.Next().ToString("x8", null))));
        }

        var job = await brain.FinishAsync(brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester"));

        Assert.Equal((JobState.Failed, "disk_full"), (job.State, job.Reason));
        Assert.Contains("free space", job.Message, StringComparison.Ordinal);
        Assert.Equal("0-small.md", Assert.Single(brain.Find("alpha")));
        Assert.Equal(0, brain.Database.Read(session => session.Scalar<long>("SELECT count(*) FROM files WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE file_id = files.id)")));
        Assert.Equal(brain.Rows("chunks"), brain.Rows("chunk_terms"));
    }

    [Fact]
    public async Task A_low_disk_stops_indexing_by_name()
    {
        await using var brain = new RunningBrain(new BrainLimits { MinFreeDiskShare = 1, EnoughFreeDiskBytes = long.MaxValue });
        brain.Root.Write("a.md", "alpha");

        var job = await brain.FinishAsync(brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester"));

        Assert.Equal((JobState.Failed, "disk_low"), (job.State, job.Reason));
        Assert.Empty(brain.Find("alpha"));
    }

    [Fact]
    public async Task A_quota_of_chunks_fails_the_job_by_name()
    {
        await using var brain = new RunningBrain(new BrainLimits { MaxChunks = 3 });
        for (var i = 0; i < 10; i++)
        {
            brain.Root.Write($"a{i}.md", "alpha");
        }

        var job = await brain.FinishAsync(brain.Brain.Indexing.Folder("root", new FolderSettings(), force: false, "tester"));

        Assert.Equal((JobState.Failed, "too_many_chunks"), (job.State, job.Reason));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void A_corrupt_database_refuses_every_call_with_the_fix_and_does_not_touch_the_file(int damageAt)
    {
        using var data = new TemporaryDirectory();
        var environment = Environment(data.Path);
        var definition = new BrainDefinition(BrainDefinition.DefaultName, [new BrainRoot("root", data.Path)], new BrainLimits());
        using (BrainCatalog.Start([definition], environment, 0))
        {
            // Creates the file.
        }

        var file = Assert.Single(Directory.GetFiles(data.Path, "index.db", SearchOption.AllDirectories));
        var bytes = File.ReadAllBytes(file);
        new Random(1).NextBytes(bytes.AsSpan(damageAt));
        File.WriteAllBytes(file, bytes);

        using var catalog = BrainCatalog.Start([definition], environment, 0);
        var refusal = Assert.Throws<BrainException>(() => catalog.Get(BrainDefinition.DefaultName));

        Assert.Equal((BrainFault.Storage, "database_corrupt"), (refusal.Fault, refusal.Reason));
        Assert.Contains("index.db-wal", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void Damage_found_while_searching_is_a_refusal_with_the_fix()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "index.db");
        using (var database = BrainDatabase.Open(file, 0))
        {
            var folder = database.Write(session => FoldersTable.Upsert(session, new BrainPath("docs", ""), new FolderSettings(), null));
            for (var i = 0; i < 2000; i++)
            {
                database.Write(session => FilesTable.Replace(session, folder, Prepared($"f{i}.md"), "v1", "job"));
            }
        }

        using (var stream = File.OpenWrite(file))
        {
            stream.Position = stream.Length / 4;
            var junk = new byte[stream.Length / 2];
            new Random(1).NextBytes(junk);
            stream.Write(junk);
        }

        using var damaged = BrainDatabase.Open(file, 0);
        var searcher = new Searcher(damaged, new SearchCache(), new BrainTelemetry(new NoMeters()), TimeProvider.System);
        var refusal = Assert.Throws<BrainException>(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                searcher.Search(new SearchRequest { Query = $"word{i}", Mode = SearchMode.Bm25 }, CancellationToken.None);
            }
        });

        Assert.Equal("database_corrupt", refusal.Reason);
    }

    [Fact]
    public void An_index_of_a_newer_version_is_refused_and_left_alone()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "index.db");
        using (var database = BrainDatabase.Open(file, 0))
        {
            database.Write(session => session.Script("PRAGMA user_version = 99"));
        }

        Assert.Equal("database_too_new", Assert.Throws<BrainException>(() => BrainDatabase.Open(file, 0)).Reason);
    }

    [Fact]
    public void After_a_clean_stop_the_database_is_one_file()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "index.db");
        using (var database = BrainDatabase.Open(file, 0))
        {
            database.Write(session => FoldersTable.Upsert(session, new BrainPath("docs", ""), new FolderSettings(), null));
            database.Read(FoldersTable.All);
        }

        Assert.Equal([file], Directory.GetFiles(data.Path));
    }

    [Fact]
    public void A_disk_without_room_to_wipe_removed_text_does_not_keep_the_rest_from_being_searched()
    {
        using var data = new TemporaryDirectory();
        var file = Path.Combine(data.Path, "index.db");
        using (var database = BrainDatabase.Open(file, 0))
        {
            var folder = database.Write(session => FoldersTable.Upsert(session, new BrainPath("docs", ""), new FolderSettings(), null));
            for (var i = 0; i < 500; i++)
            {
                database.Write(session => FilesTable.Replace(session, folder, Prepared($"f{i}.md"), "v1", "job"));
            }

            database.Write(RemovalsTable.Owe);
        }

        using var full = BrainDatabase.Open(file, maxBytes: 1);
        Assert.True(full.Read(RemovalsTable.IsOwed));
        using var telemetry = new BrainTelemetry(new NoMeters());
        var found = new Searcher(full, new SearchCache(), telemetry, TimeProvider.System).Search(new SearchRequest { Query = "word7", Mode = SearchMode.Bm25 }, CancellationToken.None);

        Assert.Single(found.Hits);
    }

    [Fact]
    public void A_damaged_list_of_brains_is_a_refusal_with_the_fix()
    {
        using var data = new TemporaryDirectory();
        data.Write("brains/brains.json", "{\"default\": \"../../etc\"}");

        var refusal = Assert.Throws<BrainException>(() => BrainCatalog.Start([], Environment(data.Path), 0));

        Assert.Equal("brains_file_corrupt", refusal.Reason);
    }

    [Fact]
    public void A_change_that_fails_halfway_changes_nothing()
    {
        using var data = new TemporaryDirectory();
        using var database = BrainDatabase.Open(Path.Combine(data.Path, "index.db"), 0);

        Assert.Throws<InvalidOperationException>(() => database.Write(session =>
        {
            FoldersTable.Upsert(session, new BrainPath("docs", ""), new FolderSettings(), null);
            throw new InvalidOperationException();
        }));

        Assert.Empty(database.Read(FoldersTable.All));
    }

    private static PreparedFile Prepared(string path) => new()
    {
        Path = new BrainPath("docs", path),
        Sha256 = "0",
        Size = 1,
        Modified = DateTimeOffset.UnixEpoch,
        Type = new FileType(DocumentFormat.Markdown, "markdown"),
        SourceType = "doc",
        Chunks = [new PreparedChunk(new AgentBrain.Server.Brains.Chunking.ChunkDraft(new string('t', 200), 1, 1), $"word{path[1..^3]} common", path)],
    };

    private static BrainEnvironment Environment(string data) => new()
    {
        DataDirectory = data,
        ServerOwned = [],
        Extractor = null!,
        Time = TimeProvider.System,
        Telemetry = new BrainTelemetry(new NoMeters()),
        Logger = NullLogger.Instance,
    };
}
