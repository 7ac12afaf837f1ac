using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>cancel_job</c>.</summary>
internal sealed class CancelJobTool(ToolEnvironment environment) : BrainTool<CancelJobArguments, CancelJobResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "cancel_job",
        "Cancel a job",
        "Cancels an indexing job: at once if it waits, after the file in hand if it runs. Files that were finished stay in the index. Needs confirm=true, so ask the user first. 'cancelled' is false if the job had ended already.",
        ToolTraits.Destroys);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<CancelJobResult>> AnswerAsync(ToolCall<CancelJobArguments> call, CancellationToken cancellationToken)
    {
        var (job, cancelled) = call.Caller.Brain.Jobs.Cancel(call.Arguments.JobId);
        var message = !cancelled ? $"The job had ended already: it is {JobView.Status(job)}."
            : job.State == JobState.Running ? "The job stops after the file in hand; files that were finished stay in the index."
            : JobView.Message(job);
        var result = new CancelJobResult { JobId = job.Id, Cancelled = cancelled, Status = JobView.Status(job), Message = message };
        return new(new ToolAnswer<CancelJobResult>(result, $"{job.Id}: {message}"));
    }
}

/// <summary>The arguments of <c>cancel_job</c>.</summary>
internal sealed record CancelJobArguments
{
    /// <summary>The job.</summary>
    [Required]
    [Length(1, 64)]
    [Description("The job's id.")]
    public string JobId { get; init; } = "";

    /// <summary>The confirmation.</summary>
    [Required]
    [AllowedValues(true)]
    [Description("Must be true.")]
    public bool Confirm { get; init; }
}

/// <summary>The answer of <c>cancel_job</c>.</summary>
internal sealed record CancelJobResult
{
    /// <summary>The job.</summary>
    [Description("The job's id.")]
    public required string JobId { get; init; }

    /// <summary>Whether this call ends it.</summary>
    [Description("True if this call is what ends the job; false if it had ended already.")]
    public required bool Cancelled { get; init; }

    /// <summary>Where it is.</summary>
    [Description("The job's status at this moment.")]
    public required string Status { get; init; }

    /// <summary>A sentence.</summary>
    [Description("What became of it.")]
    public required string Message { get; init; }
}
