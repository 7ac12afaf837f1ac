using System.ComponentModel;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The answer of a tool that puts a job into the queue.</summary>
internal sealed record IndexJobResult
{
    /// <summary>The job.</summary>
    [Description("The job's id, for wait_for_job; dry_run for a dry run, which makes no job.")]
    public required string JobId { get; init; }

    /// <summary>Where it is.</summary>
    [Description("pending, running, completed, failed or cancelled.")]
    public required string Status { get; init; }

    /// <summary>Progress.</summary>
    [Description("0 to 100; 100 only when completed.")]
    public double? ProgressPercent { get; init; }

    /// <summary>A sentence.</summary>
    [Description("What comes next; for a dry run, the report.")]
    public required string Message { get; init; }

    /// <summary>The folder.</summary>
    [Description("The folder that the job brings up to date.")]
    public string? FolderPath { get; init; }

    /// <summary>The answer for a queued job.</summary>
    public static ToolAnswer<IndexJobResult> Queued(JobRecord job, string? folderPath)
    {
        var result = new IndexJobResult
        {
            JobId = job.Id,
            Status = JobView.Status(job),
            ProgressPercent = job.ProgressPercent,
            Message = $"Job {job.Id} is {JobView.Status(job)}: wait_for_job tells when it has ended, then search_documents finds the content.",
            FolderPath = folderPath,
        };
        return new ToolAnswer<IndexJobResult>(result, result.Message);
    }
}
