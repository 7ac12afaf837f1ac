using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>list_jobs</c>.</summary>
internal sealed class ListJobsTool(ToolEnvironment environment) : BrainTool<ListJobsArguments, ListJobsResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "list_jobs",
        "List jobs",
        "Lists indexing jobs, newest first, with status and progress. Use it to find a job's id or to see what is running. If next_cursor is in the answer, there are more: pass it as cursor.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ListJobsResult>> AnswerAsync(ToolCall<ListJobsArguments> call, CancellationToken cancellationToken)
    {
        var (limit, cursor) = (call.Arguments.Limit, call.Arguments.Cursor);
        var page = call.Caller.Brain.Jobs.Page(JobCursor.Read(cursor), limit + 1);
        var jobs = page.Take(limit).ToList();
        var result = new ListJobsResult
        {
            Jobs = [.. jobs.Select(job => JobListItem.From(job, call.Caller))],
            NextCursor = page.Count > limit ? JobCursor.After(jobs[^1].Sequence) : null,
        };
        var head = jobs.Count == 0 ? "There are no jobs." : $"{Counted.Of(jobs.Count, "job")}, newest first{(result.NextCursor is null ? "" : "; more with next_cursor")}:";
        return new(new ToolAnswer<ListJobsResult>(result, string.Join('\n', jobs.Select(JobView.Line).Prepend(head))));
    }
}

/// <summary>The arguments of <c>list_jobs</c>.</summary>
internal sealed record ListJobsArguments
{
    /// <summary>Most jobs.</summary>
    [Range(1, 100)]
    [Description("At most so many jobs.")]
    public int Limit { get; init; } = 20;

    /// <summary>Where to go on.</summary>
    [Length(1, 64)]
    [Description("next_cursor of the answer before, to go on after it.")]
    public string? Cursor { get; init; }
}

/// <summary>A page of jobs.</summary>
internal sealed record ListJobsResult
{
    /// <summary>The jobs.</summary>
    [Description("The jobs, newest first.")]
    public required IReadOnlyList<JobListItem> Jobs { get; init; }

    /// <summary>Where the next page begins.</summary>
    [Description("Pass it as cursor for the next page; absent on the last.")]
    public string? NextCursor { get; init; }
}

/// <summary>A job in a list.</summary>
internal sealed record JobListItem
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
    [Description("One sentence on the state.")]
    public required string Message { get; init; }

    /// <summary>The folders.</summary>
    [Description("The folders it brings up to date.")]
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Asked for.</summary>
    [Description("When it was asked for.")]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A job as a caller is shown it.</summary>
    public static JobListItem From(JobRecord job, CallContext caller) => new()
    {
        JobId = job.Id,
        Status = JobView.Status(job),
        ProgressPercent = job.ProgressPercent,
        Message = JobView.Message(job),
        Folders = JobView.Folders(job, caller),
        CreatedAt = job.CreatedAt,
    };
}
