using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>get_job</c>.</summary>
internal sealed class GetJobTool(ToolEnvironment environment) : BrainTool<JobArguments, JobResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "get_job",
        "Get a job",
        "Shows one indexing job: its status, progress, times, and what it added, changed, removed and left out, with reasons. Use it to look once; to wait for the end use wait_for_job.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<JobResult>> AnswerAsync(ToolCall<JobArguments> call, CancellationToken cancellationToken)
    {
        var id = call.Arguments.JobId;
        var job = call.Caller.Brain.Jobs.Find(id) ?? throw JobQueue.NotFound(id);
        return new(new ToolAnswer<JobResult>(JobResult.From(job, call.Caller), JobView.Line(job)));
    }
}
