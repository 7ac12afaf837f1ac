using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>corpus://status</c>: how much is indexed and what is being done about the rest.</summary>
/// <param name="time">The clock.</param>
internal sealed class StatusResource(TimeProvider time) : CorpusResource<StatusDocument>(
    "status",
    "Indexing status",
    "Counts of documents, chunks and folders, and the progress of the job in hand. Can be subscribed to.",
    ResourceJson.Readable.StatusDocument)
{
    /// <inheritdoc />
    protected override StatusDocument Describe(CallContext caller) => StatusDocument.Of(caller, time.GetUtcNow());
}

/// <summary>The document of <see cref="StatusResource"/>.</summary>
internal sealed record StatusDocument
{
    /// <summary><c>indexing</c> or <c>idle</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Files in the index.</summary>
    public required int TotalDocuments { get; init; }

    /// <summary>Chunks in the index.</summary>
    public required int TotalChunks { get; init; }

    /// <summary>Indexed folders.</summary>
    public required int TotalFolders { get; init; }

    /// <summary>True while a job runs.</summary>
    public required bool IndexingInProgress { get; init; }

    /// <summary>The running job.</summary>
    public string? CurrentJobId { get; init; }

    /// <summary>Its progress, 0 to 100.</summary>
    public double? ProgressPercent { get; init; }

    /// <summary>Jobs that wait.</summary>
    public required int QueuedJobs { get; init; }

    /// <summary>When a job last finished a folder.</summary>
    public DateTimeOffset? LastIndexedAt { get; init; }

    /// <summary>When this was said.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The status of a caller's brain.</summary>
    public static StatusDocument Of(CallContext caller, DateTimeOffset now)
    {
        var counts = caller.Brain.Count();
        var folders = caller.Brain.Folders();
        var active = caller.Brain.Jobs.Active();

        // The list comes from the database, the progress of the running job from memory.
        var running = active.Find(job => job.State == JobState.Running) is { } found ? caller.Brain.Jobs.Find(found.Id) : null;
        return new StatusDocument
        {
            Status = running is null ? "idle" : "indexing",
            TotalDocuments = counts.Documents,
            TotalChunks = counts.Chunks,
            TotalFolders = folders.Count,
            IndexingInProgress = running is not null,
            CurrentJobId = running?.Id,
            ProgressPercent = running?.ProgressPercent,
            QueuedJobs = active.Count(job => job.State == JobState.Pending),
            LastIndexedAt = folders.Max(folder => folder.LastIndexed),
            Timestamp = now,
        };
    }
}
