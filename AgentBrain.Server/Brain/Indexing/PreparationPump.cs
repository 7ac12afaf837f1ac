using System.Threading.Channels;
using System.Threading.RateLimiting;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>
/// Prepares files on several threads while others are being written. How far it runs ahead is bounded by the bytes of the files that are
/// prepared and not yet written, so that neither side waits for the other and memory stays bounded.
/// </summary>
/// <param name="preparer">Prepares one file.</param>
/// <param name="reader">Reads below the root.</param>
/// <param name="root">The root's label.</param>
/// <param name="manifest">What the index holds, by path.</param>
/// <param name="plan">How the files are done.</param>
internal sealed class PreparationPump(
    FilePreparer preparer,
    FileReader reader,
    string root,
    IReadOnlyDictionary<string, ManifestEntry> manifest,
    PreparationPlan plan) : IDisposable
{
    /// <summary>Twice a batch of the writer: one that is written, one that is prepared.</summary>
    private const int KibibytesAhead = 2 * (int)(IndexWriter.BatchBytes / 1024);
    private const int FilesAhead = 2 * IndexWriter.BatchFiles;

    private readonly Channel<PendingFile> _prepared = Channel.CreateBounded<PendingFile>(FilesAhead);
    private readonly ConcurrencyLimiter _room = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = KibibytesAhead,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>What is prepared. Completes when all files were, or with what ended the preparation.</summary>
    public ChannelReader<PendingFile> Prepared => _prepared.Reader;

    /// <summary>Prepares the files until all are done or it is told to stop. Never throws: what goes wrong ends <see cref="Prepared"/>.</summary>
    public async Task RunAsync(IReadOnlyList<ScanEntry> files, CancellationToken stopping)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 8), CancellationToken = stopping };
        try
        {
            await Parallel.ForEachAsync(files, options, PrepareAsync);
            _prepared.Writer.Complete();
        }
        catch (Exception e)
        {
            _prepared.Writer.Complete(e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _room.Dispose();

    private async ValueTask PrepareAsync(ScanEntry file, CancellationToken stopping)
    {
        var path = new BrainPath(root, file.RelativePath);
        var outcome = await preparer.PrepareAsync(reader, path, file.Type!, manifest.GetValueOrDefault(file.RelativePath), plan, stopping);
        var room = outcome.Prepared is { } prepared
            ? await _room.AcquireAsync(Math.Clamp((int)(prepared.Size / 1024), 1, KibibytesAhead), stopping)
            : null;
        await _prepared.Writer.WriteAsync(new PendingFile(outcome, room), stopping);
    }
}

/// <summary>A file that was looked at and waits to be written.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Room">The room it takes until it is written; null if it takes none.</param>
internal sealed record PendingFile(FileOutcome Outcome, RateLimitLease? Room);
