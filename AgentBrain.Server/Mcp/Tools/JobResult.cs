using System.ComponentModel;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>A job in full, for the tool and the resource. Its owner is left out: other callers of the brain need not know who asked.</summary>
internal sealed record JobResult
{
    /// <summary>The job.</summary>
    [Description("The job's id.")]
    public required string JobId { get; init; }

    /// <summary>Where it is.</summary>
    [Description("pending, running, completed, failed or cancelled.")]
    public required string Status { get; init; }

    /// <summary>Progress.</summary>
    [Description("0 to 100; 100 only when completed.")]
    public required double ProgressPercent { get; init; }

    /// <summary>A sentence.</summary>
    [Description("One sentence on the state; for a failure, what to do.")]
    public required string Message { get; init; }

    /// <summary>The reason of a failure.</summary>
    [Description("The stable reason code of a failure.")]
    public string? Reason { get; init; }

    /// <summary>What it does.</summary>
    [Description("index, add or inject.")]
    public required string Operation { get; init; }

    /// <summary>The folders.</summary>
    [Description("The folders it brings up to date.")]
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Whether unchanged files are done anew.</summary>
    [Description("True if unchanged files are indexed anew.")]
    public required bool Force { get; init; }

    /// <summary>Files looked at.</summary>
    [Description("Files looked at so far.")]
    public required int FilesProcessed { get; init; }

    /// <summary>Files to look at.</summary>
    [Description("Files to look at; absent until the folder was listed.")]
    public int? FilesTotal { get; init; }

    /// <summary>What it did.</summary>
    [Description("What it did so far.")]
    public required JobCountsView Counts { get; init; }

    /// <summary>How often it was started.</summary>
    [Description("How often it was started; more than 1 after a restart of the server.")]
    public required int Attempts { get; init; }

    /// <summary>Asked for.</summary>
    [Description("When it was asked for.")]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Begun.</summary>
    [Description("When work began.")]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Ended.</summary>
    [Description("When it ended.")]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>A job as a caller is shown it.</summary>
    public static JobResult From(JobRecord job, CallContext caller) => new()
    {
        JobId = job.Id,
        Status = JobView.Status(job),
        ProgressPercent = job.ProgressPercent,
        Message = JobView.Message(job),
        Reason = job.Reason,
        Operation = job.Request.Kind.ToString().ToLowerInvariant(),
        Folders = JobView.Folders(job, caller),
        Force = job.Request.Force,
        FilesProcessed = job.Processed,
        FilesTotal = job.Total,
        Counts = JobCountsView.From(job.Counts),
        Attempts = job.Attempts,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        CompletedAt = job.FinishedAt,
    };
}
