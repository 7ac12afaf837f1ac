using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.Brains.Indexing;

/// <summary>A brain on a temporary root and data directory, whose worker runs. It may share a root, and begin with the bytes of an index.</summary>
internal sealed class RunningBrain : IAsyncDisposable
{
    private readonly TemporaryDirectory _root;
    private readonly bool _ownsRoot;
    private readonly TemporaryDirectory _data;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    public RunningBrain(BrainLimits? limits = null, IDocumentExtractor? extractor = null, long maxIndexBytes = 0, bool work = true, string? dataInsideRoot = null, string? secretInRoot = null, TemporaryDirectory? root = null, byte[]? index = null)
    {
        (_root, _ownsRoot) = (root ?? new TemporaryDirectory(), root is null);
        _data = new TemporaryDirectory();
        DataDirectory = dataInsideRoot is null ? _data.Path : Directory.CreateDirectory(Path.Combine(_root.Path, dataInsideRoot)).FullName;
        Environment = new BrainEnvironment
        {
            DataDirectory = DataDirectory,
            ServerOwned = [IdentityOf(DataDirectory)],
            SecretFiles = secretInRoot is null ? [] : [Path.Combine(_root.Path, secretInRoot)],
            Extractor = extractor ?? new NoDocuments(),
            Time = TimeProvider.System,
            Telemetry = new BrainTelemetry(new NoMeters()),
            Logger = NullLogger.Instance,
        };
        Definition = new BrainDefinition(BrainDefinition.DefaultName, [new BrainRoot("root", _root.Path)], limits ?? new BrainLimits());
        if (index is not null)
        {
            File.WriteAllBytes(Path.Combine(DataDirectory, "index.db"), index);
        }

        try
        {
            Database = BrainDatabase.Open(Path.Combine(DataDirectory, "index.db"), maxIndexBytes);
            Brain = new OpenBrain(Definition, Database, Environment);
        }
        catch (BrainException)
        {
            Database?.Dispose();
            _data.Dispose();
            throw;
        }

        _worker = work ? Brain.RunJobsAsync(_stop.Token) : Task.CompletedTask;
    }

    public BrainEnvironment Environment { get; }

    public BrainDefinition Definition { get; }

    public BrainDatabase Database { get; }

    public OpenBrain Brain { get; }

    public TemporaryDirectory Root => _root;

    public string DataDirectory { get; }

    public async Task<JobRecord> IndexAsync(string folder = "root", FolderSettings? settings = null, bool force = false)
    {
        var job = await FinishAsync(Brain.Indexing.Folder(folder, settings ?? new FolderSettings(), force, "tester"));
        Assert.True(job.State == JobState.Completed, $"{job.State} {job.Reason} {job.Message}");
        return job;
    }

    public async Task<JobRecord> FinishAsync(JobRecord job)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var next = Brain.Changes.Next();
            var now = Brain.Jobs.Find(job.Id)!;
            if (now.IsFinal)
            {
                return now;
            }

            await next.WaitAsync(timeout.Token);
        }
    }

    public IReadOnlyList<string> Find(string query) =>
        [.. Brain.Search(new SearchRequest { Query = query, Mode = SearchMode.Bm25 }, CancellationToken.None).Hits.Select(hit => hit.Chunk.File.Relative).Distinct()];

    public long Rows(string table) => Database.Read(session => session.Scalar<long>($"SELECT count(*) FROM {table}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        Brain.Dispose();
        _stop.Dispose();
        if (_ownsRoot)
        {
            _root.Dispose();
        }

        _data.Dispose();
    }

    private static FileIdentity IdentityOf(string directory)
    {
        using var handle = RootHandle.Open(new BrainRoot("data", directory));
        return handle.Identity;
    }

    private sealed class NoDocuments : IDocumentExtractor
    {
        public Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            throw new ExtractionException(SkipReason.ExtractionFailed, "This test has no documents.");
    }
}
