using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The arguments of a tool about one job.</summary>
internal sealed record JobArguments
{
    /// <summary>The job.</summary>
    [Required]
    [Length(1, 64)]
    [Description("The job's id, as index_folder or list_jobs gave it.")]
    public string JobId { get; init; } = "";
}
