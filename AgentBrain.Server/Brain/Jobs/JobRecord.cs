namespace AgentBrain.Server.Brains.Jobs;

/// <summary>A job as callers see it.</summary>
internal sealed record JobRecord
{
    /// <summary>Position in the queue's history; grows with time.</summary>
    public required long Sequence { get; init; }

    /// <summary><c>job_</c> and twelve hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked.</summary>
    public required JobRequest Request { get; init; }

    /// <summary>The subject that asked.</summary>
    public required string Owner { get; init; }

    /// <summary>Where it is.</summary>
    public required JobState State { get; init; }

    /// <summary>How often it was started; more than one after a restart of the server.</summary>
    public required int Attempts { get; init; }

    /// <summary>Files looked at so far.</summary>
    public required int Processed { get; init; }

    /// <summary>Files to look at; null until the folder was listed.</summary>
    public int? Total { get; init; }

    /// <summary>What it did so far.</summary>
    public required JobCounts Counts { get; init; }

    /// <summary>Stable reason code of a failure.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence on the state.</summary>
    public string? Message { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When work began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>True when nothing more will happen.</summary>
    public bool IsFinal => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>0 to 100; 100 only when completed.</summary>
    public double ProgressPercent => State == JobState.Completed ? 100
        : Total is not > 0 ? 0
        : Math.Min(99, Math.Floor(100.0 * Processed / Total.Value));
}
