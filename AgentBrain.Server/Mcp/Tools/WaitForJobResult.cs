using System.ComponentModel;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The answer of <c>wait_for_job</c>.</summary>
internal sealed record WaitForJobResult
{
    /// <summary>The job.</summary>
    [Description("The job's id.")]
    public required string JobId { get; init; }

    /// <summary>Where it is.</summary>
    [Description("completed, failed or cancelled; timeout if the wait ended before the job.")]
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

    /// <summary>Begun.</summary>
    [Description("When work began.")]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Ended.</summary>
    [Description("When it ended.")]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What it did.</summary>
    [Description("What it did so far.")]
    public required JobCountsView Counts { get; init; }

    /// <summary>Whether it has ended.</summary>
    [Description("True if the job has ended; false if only the wait has.")]
    public required bool Final { get; init; }

    /// <summary>Time waited.</summary>
    [Description("How long this call waited, in seconds.")]
    public required double ElapsedSeconds { get; init; }

    /// <summary>A job at the end of a wait.</summary>
    public static WaitForJobResult From(JobRecord job, TimeSpan elapsed) => new()
    {
        JobId = job.Id,
        Status = job.IsFinal ? JobView.Status(job) : "timeout",
        ProgressPercent = job.ProgressPercent,
        Message = job.IsFinal ? JobView.Message(job) : $"The wait is over, the job goes on ({JobView.Status(job)}): {JobView.Message(job)} Call wait_for_job again.",
        Reason = job.Reason,
        StartedAt = job.StartedAt,
        CompletedAt = job.FinishedAt,
        Counts = JobCountsView.From(job.Counts),
        Final = job.IsFinal,
        ElapsedSeconds = Math.Round(elapsed.TotalSeconds, 3),
    };
}
