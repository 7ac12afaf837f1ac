using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Bench;

/// <summary>A brain with the settings of production, on temporary directories.</summary>
internal sealed class BenchBrain : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    public BenchBrain()
    {
        Root = Directory.CreateTempSubdirectory("agent-brain-bench-root-").FullName;
        Data = Directory.CreateTempSubdirectory("agent-brain-bench-data-").FullName;
        var environment = new BrainEnvironment
        {
            DataDirectory = Data,
            ServerOwned = [],
            Extractor = new NoDocuments(),
            Time = TimeProvider.System,
            Telemetry = new BrainTelemetry(new NoMeters()),
            Logger = NullLogger.Instance,
        };
        Database = BrainDatabase.Open(Path.Combine(Data, "index.db"), 0);
        Brain = new OpenBrain(new BrainDefinition(BrainDefinition.DefaultName, [new BrainRoot("root", Root)], new BrainLimits()), Database, environment);
        _worker = Brain.RunJobsAsync(_stop.Token);
    }

    public string Root { get; }

    public string Data { get; }

    public BrainDatabase Database { get; }

    public OpenBrain Brain { get; }

    /// <summary>Waits for a job and returns it.</summary>
    public async Task<JobRecord> FinishAsync(JobRecord job)
    {
        while (true)
        {
            var next = Brain.Changes.Next();
            if (Brain.Jobs.Find(job.Id) is { IsFinal: true } final)
            {
                return final.State == JobState.Completed ? final : throw new InvalidOperationException($"{final.Reason}: {final.Message}");
            }

            await next;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        Brain.Dispose();
        _stop.Dispose();
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Data, recursive: true);
    }

    private sealed class NoDocuments : IDocumentExtractor
    {
        public Task<ExtractedDocument> ExtractAsync(DocumentFormat format, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            throw new ExtractionException(SkipReason.ExtractionFailed, "The benchmark has no documents.");
    }
}
