using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The arguments of <c>wait_for_job</c>.</summary>
internal sealed record WaitForJobArguments
{
    /// <summary>The job.</summary>
    [Required]
    [Length(1, 64)]
    [Description("The job's id.")]
    public string JobId { get; init; } = "";

    /// <summary>The cadence of progress.</summary>
    [Range(0.5, 2.0)]
    [Description("Least time between two progress notifications. The end of the job is seen at once, whatever this is.")]
    public double PollIntervalSeconds { get; init; } = 1.0;

    /// <summary>The longest wait.</summary>
    [Range(1, int.MaxValue)]
    [Description("Longest wait. No wait is longer than 600 seconds.")]
    public int? TimeoutSeconds { get; init; }
}
