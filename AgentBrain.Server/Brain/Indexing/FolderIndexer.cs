using System.Collections.Frozen;
using System.Threading.Channels;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>Brings one folder of the index up to date with the disk: list, prepare on several threads, write in batches, take out what is gone.</summary>
/// <param name="database">The brain's database.</param>
/// <param name="limits">Its quotas.</param>
/// <param name="preparer">Prepares files.</param>
/// <param name="disk">Says whether there is room.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderIndexer(BrainDatabase database, BrainLimits limits, FilePreparer preparer, DiskSpace disk, TimeProvider time)
{
    private const int RemovalBatch = 500;
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(700);

    /// <summary>Does one target of a job.</summary>
    /// <exception cref="BrainException">The folder cannot be listed, the disk is low, a quota is reached, or the storage failed.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; files that were finished are kept.</exception>
    public async Task IndexAsync(RootHandle root, JobTarget target, JobRecord job, JobProgress progress, CancellationToken cancellationToken)
    {
        var plan = new PreparationPlan(target.Settings, job.Request.Force, job.Id);
        // A folder that is only made for a file that was named has not been asked for itself, so its own name is judged as well.
        var isKnown = database.Read(FoldersTable.All, cancellationToken).Any(folder => folder.Path == target.Folder);
        var folderId = database.Write(session => Open(session, target, job.Request.Metadata));
        var manifest = database.Read(session => FilesTable.Manifest(session, folderId), cancellationToken);
        var entries = target.Only.IsEmpty ? List(root, target, cancellationToken) : Named(root, target, isKnown);
        var files = entries.Where(entry => entry.Skip is null).ToList();
        progress.Expect(files.Count);
        foreach (var entry in entries.Where(entry => entry.Skip is not null))
        {
            progress.SkippedEntry(entry.Skip!.Value);
        }

        var writer = new IndexWriter(database, limits, progress, folderId, plan);
        using (var pump = new PreparationPump(preparer, new FileReader(root, limits.MaxFileBytes), target.Folder.Root, manifest, plan))
        {
            await PumpAsync(pump, files, writer, cancellationToken);
        }

        if (target.Only.IsEmpty)
        {
            Remove(manifest, entries, progress, cancellationToken);
        }

        database.Write(session =>
        {
            ExtractionsTable.DeleteOrphans(session);
            TermTotals.Correct(session);
            FoldersTable.MarkIndexed(session, folderId, time.GetUtcNow());
        });

        // A search in the way or a full disk leaves it to the next job, removal or restart; the files are indexed either way.
        _ = database.PurgeIfOwed();
    }

    private static long Open(SqliteSession session, JobTarget target, string? metadata)
    {
        var id = FoldersTable.Upsert(session, target.Folder, target.Settings, metadata);
        FoldersTable.ClaimFiles(session, id, target.Folder);
        return id;
    }

    private List<ScanEntry> List(RootHandle root, JobTarget target, CancellationToken cancellationToken)
    {
        var nested = database.Read(FoldersTable.All, cancellationToken).Where(folder => folder.Path != target.Folder && target.Folder.Contains(folder.Path));
        var rules = new ScanRules
        {
            Include = GlobSet.Parse(target.Settings.Include),
            Exclude = GlobSet.Parse(target.Settings.Exclude),
            IncludeCode = target.Settings.IncludeCode,
            OtherFolders = nested.Select(folder => folder.Path.Relative).ToFrozenSet(StringComparer.Ordinal),
            MaxFiles = limits.MaxFilesPerFolder,
        };
        var entries = new FolderScanner(root).Scan(target.Folder.Relative, rules, cancellationToken).ToList();
        if (entries is [{ Skip: { } skip } only] && string.Equals(only.RelativePath, target.Folder.Relative, StringComparison.Ordinal))
        {
            // Nothing is taken out of the index because a folder cannot be listed: it may be a volume that is not mounted.
            throw FolderRefusals.For(target.Folder, skip);
        }

        return entries;
    }

    // The job may run long after it was asked for, and what is left out may be another thing by then.
    private static List<ScanEntry> Named(RootHandle root, JobTarget target, bool isKnown)
    {
        var scanner = new FolderScanner(root);
        var folder = isKnown ? target.Folder.Relative : "";
        return [.. target.Only.Select(path => scanner.JudgeFile(path.Relative, folder, new ScanRules()))];
    }

    private async Task PumpAsync(PreparationPump pump, List<ScanEntry> files, IndexWriter writer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var preparing = Task.Run(() => pump.RunAsync(files, stop.Token), CancellationToken.None);
        try
        {
            await WriteAsync(pump.Prepared, writer, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await preparing;
        }
    }

    private async Task WriteAsync(ChannelReader<PendingFile> prepared, IndexWriter writer, CancellationToken cancellationToken)
    {
        var committed = time.GetTimestamp();
        try
        {
            while (await MoreAsync(prepared, writer, cancellationToken))
            {
                while (!cancellationToken.IsCancellationRequested && prepared.TryRead(out var file))
                {
                    writer.Add(file);
                    if (writer.IsFull || time.GetElapsedTime(committed) > CommitInterval)
                    {
                        Commit(writer);
                        committed = time.GetTimestamp();
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // What is finished is kept: the next run finds it unchanged.
            while (prepared.TryRead(out var file))
            {
                writer.Add(file);
            }

            Commit(writer);
            throw;
        }

        Commit(writer);
    }

    /// <summary>Waits for prepared files. While a slow document keeps them waiting, those that are done are committed.</summary>
    private async Task<bool> MoreAsync(ChannelReader<PendingFile> prepared, IndexWriter writer, CancellationToken cancellationToken)
    {
        var more = prepared.WaitToReadAsync(cancellationToken).AsTask();
        if (!more.IsCompleted && await Task.WhenAny(more, Task.Delay(CommitInterval, time, cancellationToken)) != more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Commit(writer);
        }

        return await more;
    }

    private void Commit(IndexWriter writer)
    {
        disk.RequireRoom();
        writer.Commit();
    }

    private void Remove(Dictionary<string, ManifestEntry> manifest, List<ScanEntry> entries, JobProgress progress, CancellationToken cancellationToken)
    {
        var listed = entries.Where(entry => entry.Skip is null).Select(entry => entry.RelativePath).ToHashSet(StringComparer.Ordinal);
        var unsure = entries.Where(entry => entry.Skip is SkipReason.Unreadable or SkipReason.Changed).Select(entry => entry.RelativePath).ToList();
        var gone = manifest
            .Where(file => !listed.Contains(file.Key) && !unsure.Exists(path => new BrainPath("", path).Contains(new BrainPath("", file.Key))))
            .Select(file => file.Value.FileId);
        foreach (var batch in gone.Chunk(RemovalBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            database.Write(session =>
            {
                FilesTable.Delete(session, batch);
                RemovalsTable.Owe(session);
            });
            foreach (var _ in batch)
            {
                progress.Removed();
            }
        }
    }
}
