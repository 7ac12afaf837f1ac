using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>
/// Writes prepared files, several in one transaction. A file is swapped wholly or not at all; a crash loses at most the files of one
/// batch, which are done again.
/// </summary>
/// <param name="database">The brain's database.</param>
/// <param name="limits">Its quotas.</param>
/// <param name="progress">Counts, stored with each batch.</param>
/// <param name="folderId">The folder that the files belong to.</param>
/// <param name="plan">How they were done.</param>
internal sealed class IndexWriter(BrainDatabase database, BrainLimits limits, JobProgress progress, long folderId, PreparationPlan plan)
{
    /// <summary>Most files of a batch.</summary>
    public const int BatchFiles = 1024;

    /// <summary>Bytes of files that fill a batch.</summary>
    public const long BatchBytes = 12 * 1024 * 1024;

    private const long MaxExtractionBytes = 256 * 1024 * 1024;

    private readonly List<PendingFile> _batch = [];
    private long _bytes;

    /// <summary>True if a batch is large enough to be committed.</summary>
    public bool IsFull => _batch.Count >= BatchFiles || _bytes >= BatchBytes;

    /// <summary>Takes a file that was looked at; what needs no writing is only counted.</summary>
    public void Add(PendingFile file)
    {
        if (file.Outcome is { Prepared: null, Skip: null })
        {
            progress.Unchanged();
            return;
        }

        _batch.Add(file);
        _bytes += file.Outcome.Prepared?.Size ?? 0;
    }

    /// <summary>Commits what was taken.</summary>
    /// <exception cref="BrainException">The storage failed or a quota is reached; nothing of the batch was written.</exception>
    public void Commit()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        database.Write(Write);
        foreach (var file in _batch)
        {
            Count(file.Outcome);
            file.Room?.Dispose();
        }

        _batch.Clear();
        _bytes = 0;
        database.Write(session => JobsTable.Update(session, progress.Snapshot()));
    }

    private void Write(SqliteSession session)
    {
        var files = _batch.Select(file => file.Outcome.Prepared).OfType<PreparedFile>().ToList();
        foreach (var file in files.Where(file => file.Extraction is not null))
        {
            ExtractionsTable.Store(session, file.Sha256, file.Type.Format, file.Extraction!, MaxExtractionBytes);
        }

        var leaving = _batch.Select(file => file.Outcome).Where(outcome => outcome is { Prepared: null, Existing: not null, KeepsExisting: false });
        FilesTable.Delete(session, [.. leaving.Select(outcome => outcome.Existing!.FileId)]);
        FilesTable.Replace(session, folderId, files, plan.Settings.ChunkingKey, plan.JobId);
        RequireRoom(session);
    }

    private void Count(FileOutcome outcome)
    {
        if (outcome.Prepared is { } file)
        {
            progress.Written(outcome.Existing is null, file.Chunks.Length);
            return;
        }

        progress.SkippedFile(outcome.Skip!.Value);
        if (outcome is { Existing: not null, KeepsExisting: false })
        {
            progress.Removed();
        }
    }

    private void RequireRoom(SqliteSession session)
    {
        // The largest row id bounds the number of chunks from above and costs nothing; the exact count is taken only near the limit.
        if (session.Scalar<long>("SELECT coalesce(max(id), 0) FROM chunks") > limits.MaxChunks
            && session.Scalar<long>("SELECT count(*) FROM chunks") > limits.MaxChunks)
        {
            throw new BrainException(
                BrainFault.Conflict,
                "too_many_chunks",
                $"The brain holds its limit of {limits.MaxChunks} chunks: remove a folder (remove_folder), narrow this one with exclude patterns, or raise AGENT_BRAIN_MAX_CHUNKS.");
        }
    }
}
