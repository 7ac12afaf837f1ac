using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>corpus://config</c>: what this brain is made of and its limits. Names no path, key or endpoint.</summary>
internal sealed class ConfigResource() : CorpusResource<ConfigDocument>(
    "config",
    "Configuration",
    "Storage, indexes, models and limits of this brain, without paths or secrets.",
    ResourceJson.Readable.ConfigDocument)
{
    /// <inheritdoc />
    protected override ConfigDocument Describe(CallContext caller)
    {
        var limits = caller.Brain.Definition.Limits;
        var settings = new FolderSettings();
        return new ConfigDocument
        {
            Brain = caller.Brain.Name,
            ChunkSize = settings.ChunkSize,
            ChunkOverlap = settings.ChunkOverlap,
            Limits = new LimitsDocument(
                limits.MaxFileBytes,
                limits.MaxFilesPerFolder,
                limits.MaxChunks,
                limits.MaxQueuedJobs,
                (long)limits.JobTimeout.TotalSeconds),
        };
    }
}

/// <summary>The document of <see cref="ConfigResource"/>. What this version does not have is null or false rather than absent.</summary>
internal sealed record ConfigDocument
{
    /// <summary>The brain's name.</summary>
    public required string Brain { get; init; }

    /// <summary>The kind of storage.</summary>
    public string StorageBackend { get; init; } = StorageNames.Backend;

    /// <summary>What answers each kind of search.</summary>
    public StoresDocument Stores { get; init; } = new(null, StorageNames.Terms, null);

    /// <summary>No reranker in this version.</summary>
    public bool RerankerEnabled { get; init; }

    /// <summary>No embeddings in this version.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>No reranker in this version.</summary>
    public string? RerankModel { get; init; }

    /// <summary>No graph in this version.</summary>
    public string? GraphExtractor { get; init; }

    /// <summary>No watcher in this version.</summary>
    public bool WatcherRunning { get; init; }

    /// <summary>Default size of a chunk in tokens.</summary>
    public required int ChunkSize { get; init; }

    /// <summary>Default overlap of chunks in tokens.</summary>
    public required int ChunkOverlap { get; init; }

    /// <summary>The brain's quotas.</summary>
    public required LimitsDocument Limits { get; init; }
}

/// <summary>Which store answers which kind of search; null for none.</summary>
internal sealed record StoresDocument(string? Vector, string? Bm25, string? Graph);

/// <summary>The quotas of <see cref="BrainLimits"/> that callers meet.</summary>
internal sealed record LimitsDocument(long MaxFileBytes, int MaxFilesPerFolder, int MaxChunks, int MaxQueuedJobs, long JobTimeoutSeconds);

/// <summary>What storage is called in results.</summary>
internal static class StorageNames
{
    /// <summary>The database.</summary>
    public const string Backend = "sqlite";

    /// <summary>The inverted index.</summary>
    public const string Terms = "sqlite_fts5";
}
