using System.Collections.Immutable;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains;

/// <summary>A brain in use: everything that can be asked of one index. Each has its own database file, caches, queue and counters.</summary>
internal sealed class OpenBrain : IDisposable
{
    private readonly BrainDatabase _database;
    private readonly SearchCache _cache = new();
    private readonly Searcher _searcher;
    private readonly BrainEnvironment _environment;
    private readonly Lock _countsLock = new();
    private (long Generation, BrainCounts Counts) _counts = (-1, new BrainCounts(0, 0));

    /// <summary>Puts the parts together.</summary>
    /// <param name="definition">What configuration says of it.</param>
    /// <param name="database">Its database, owned by the brain from now on.</param>
    /// <param name="environment">What it shares with others.</param>
    public OpenBrain(BrainDefinition definition, BrainDatabase database, BrainEnvironment environment)
    {
        Definition = definition;
        Paths = new BrainPaths(definition.Roots);
        _database = database;
        _environment = environment;
        _searcher = new Searcher(database, _cache, environment.Telemetry, environment.Time);
        Jobs = new JobQueue(database, definition.Limits, Changes, environment.Time);
        Indexing = new IndexRequests(Paths, OpenRoot, Folders, Jobs, definition.Limits);
    }

    /// <summary>What configuration says of it.</summary>
    public BrainDefinition Definition { get; }

    /// <summary>Its name.</summary>
    public string Name => Definition.Name;

    /// <summary>Reads and writes paths.</summary>
    public BrainPaths Paths { get; }

    /// <summary>Its queue.</summary>
    public JobQueue Jobs { get; }

    /// <summary>Takes what callers want indexed.</summary>
    public IndexRequests Indexing { get; }

    /// <summary>Wakes those who watch jobs, folders or the status.</summary>
    public BrainChanges Changes { get; } = new();

    /// <inheritdoc cref="Searcher.Search"/>
    public SearchResponse Search(SearchRequest request, CancellationToken cancellationToken) => _searcher.Search(request, cancellationToken);

    /// <inheritdoc cref="Searcher.Explain"/>
    public (SearchResponse Response, SearchHit? Hit) Explain(SearchRequest request, string chunkId, CancellationToken cancellationToken) =>
        _searcher.Explain(request, chunkId, cancellationToken);

    /// <summary>How much it holds; counted once a change of the index.</summary>
    public BrainCounts Count()
    {
        var generation = _database.Generation;
        lock (_countsLock)
        {
            if (_counts.Generation != generation)
            {
                _counts = (generation, _database.Read(FilesTable.Count));
            }

            return _counts.Counts;
        }
    }

    /// <summary>The indexed folders in path order.</summary>
    public IReadOnlyList<FolderRecord> Folders() => _database.Read(FoldersTable.All);

    /// <summary>A chunk by its public id, or null.</summary>
    public ChunkRecord? Chunk(string chunkId) => _database.Read(session => ChunksTable.Find(session, chunkId));

    /// <summary>A file that the index holds now, or null.</summary>
    public IndexedFile? File(BrainPath path) => _database.Read(session => FilesTable.Find(session, path));

    /// <summary>
    /// Reads a file that the index holds now, through the same rules as indexing; null for everything else, whatever the reason, so that
    /// an answer tells nothing about what is on the disk.
    /// </summary>
    public FileContent? ReadFile(string path)
    {
        if (Paths.TryResolve(path) is not { } resolved || IsServerOwned(resolved) || File(resolved) is not { } indexed)
        {
            return null;
        }

        try
        {
            using var root = OpenRoot(resolved.Root);
            var (file, _) = new FileReader(root, Definition.Limits.MaxFileBytes).Read(resolved.Relative, new FileType(indexed.Format, indexed.Language));
            return file is null ? null : new FileContent(indexed, file.Text, file.Bytes);
        }
        catch (FileRefusedException)
        {
            // The root itself is gone: not found, like everything else that cannot be served.
            return null;
        }
    }

    /// <summary>The caches.</summary>
    public CacheStatus Cache()
    {
        var (hits, misses, held) = _cache.Measure();
        var (entries, size) = _database.Read(ExtractionsTable.Measure);
        return new CacheStatus(hits, misses, held, entries, size);
    }

    /// <summary>Empties the caches; returns what they held. Indexed content stays.</summary>
    public CacheStatus ClearCache()
    {
        var before = Cache();
        _database.Write(ExtractionsTable.Clear);
        _cache.Clear();
        Purge();
        return before;
    }

    /// <summary>Takes a folder and all that came from it out of the index; what is on the disk stays.</summary>
    /// <returns>How many chunks went.</returns>
    /// <exception cref="BrainException">It is not indexed (<c>folder_not_indexed</c>), or a job works on it (<c>folder_busy</c>).</exception>
    public int RemoveFolder(BrainPath path)
    {
        var removed = _database.Write(session =>
        {
            var folder = FoldersTable.All(session).FirstOrDefault(folder => folder.Path == path) ?? throw new BrainException(
                BrainFault.NotFound,
                "folder_not_indexed",
                $"'{path}' is not an indexed folder: list_folders shows those that are.");
            if (JobsTable.Active(session).FirstOrDefault(job => job.Request.Targets.Any(target => target.Folder == path)) is { } busy)
            {
                throw new BrainException(
                    BrainFault.Conflict,
                    "folder_busy",
                    $"Job {busy.Id} works on '{path}' or waits to: cancel it (cancel_job) or wait for it (wait_for_job), then remove the folder.");
            }

            var chunks = FilesTable.DeleteFolder(session, folder.Id);
            FoldersTable.Delete(session, folder.Id);
            JobsTable.ForgetMetadata(session, path);
            return chunks;
        });
        _cache.Clear();
        Changes.Signal();
        Purge();
        return removed;
    }

    /// <summary>Public ids of chunks, ids of jobs, symbols or paths that begin with a prefix, for completion.</summary>
    public ImmutableArray<string> Complete(CompletionKind kind, string prefix, int limit) => [.. _database.Read(session => kind switch
    {
        CompletionKind.Chunk => ChunksTable.Ids(session, prefix, limit),
        CompletionKind.Job => JobsTable.Ids(session, prefix, limit),
        CompletionKind.Symbol => ChunksTable.Symbols(session, prefix, limit),
        _ => Definition.Roots.SelectMany(root => FilePaths(session, root, prefix, limit)).Take(limit).ToList(),
    })];

    /// <summary>Works through the queue until stopped.</summary>
    public Task RunJobsAsync(CancellationToken stopping)
    {
        var limits = Definition.Limits;
        var preparer = new FilePreparer(_database, _environment.Extractor, new DocumentChunker(), IsServerOwned);
        var indexer = new FolderIndexer(_database, limits, preparer, new DiskSpace(_environment.DataDirectory, limits), _environment.Time);
        return new JobWorker(Jobs, indexer, OpenRoot, Changes, _environment).RunAsync(stopping);
    }

    /// <inheritdoc />
    public void Dispose() => _database.Dispose();

    private void Purge()
    {
        switch (_database.PurgeIfOwed())
        {
            case PurgeOutcome.Busy:
                throw new BrainException(
                    BrainFault.Unavailable,
                    "busy",
                    "It is removed and found no more, but searches that ran kept its text in the log of the index: it goes with the next removal, job or restart.");
            case PurgeOutcome.NoRoom:
                throw new BrainException(
                    BrainFault.Storage,
                    StorageFaults.DiskFull,
                    "It is removed and found no more, but the disk of AGENT_BRAIN_DATA has no room to wipe its text from the index: free space, and it goes with the next removal, job or restart.");
        }
    }

    /// <summary>
    /// A secret file by its path. Its identity is what the root's handle looks at; a secret that is replaced while a root is open has another
    /// identity and the same path.
    /// </summary>
    private bool IsServerOwned(BrainPath path) => _environment.SecretFiles.Contains(Paths.Absolute(path), StringComparer.Ordinal);

    private RootHandle OpenRoot(string label) => RootHandle.Open(
        Paths.Root(label) ?? throw new BrainException(
            BrainFault.NotFound,
            "root_not_configured",
            $"'{label}' is not a root of this brain any more: add its directory to AGENT_BRAIN_ROOTS and restart the server."),
        [.. _environment.ServerOwned, .. _environment.SecretFiles.Where(System.IO.File.Exists).Select(FileIdentity.OfPath)]);

    private static IEnumerable<string> FilePaths(SqliteSession session, BrainRoot root, string prefix, int limit)
    {
        var label = root.Label + "/";
        if (prefix.StartsWith(label, StringComparison.Ordinal))
        {
            return FilesTable.Paths(session, root.Label, prefix[label.Length..], limit).Select(path => label + path);
        }

        return label.StartsWith(prefix, StringComparison.Ordinal) ? FilesTable.Paths(session, root.Label, "", limit).Select(path => label + path) : [];
    }
}
