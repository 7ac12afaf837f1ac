using System.Text.Json;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Tools;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>job://{job_id}</c>: one job with its progress of this moment, as <c>get_job</c> shows it.</summary>
internal sealed class JobResource : ITemplatedResource
{
    /// <inheritdoc />
    public ResourceTemplate Entry { get; } = new()
    {
        UriTemplate = "job://{job_id}",
        Name = "job",
        Title = "Job",
        Description = "One indexing job by its job_id: status, progress and what it did. Can be subscribed to until it ends.",
        MimeType = Contents.Json,
    };

    /// <inheritdoc />
    public bool Owns(ResourceUri uri) => uri.Scheme == "job";

    /// <inheritdoc />
    public ResourceContents? Read(ResourceUri uri, CallContext caller)
    {
        var id = Uri.UnescapeDataString(uri.Rest);
        if (id.Length == 0)
        {
            throw new BrainException(BrainFault.InvalidArgument, "missing_job_id", "The URI names no job: write job://<job_id>; list_jobs shows the ids.");
        }

        return caller.Brain.Jobs.Find(id) is { } job
            ? Contents.OfJson(uri, JsonSerializer.Serialize(JobResult.From(job, caller), ResourceJson.Readable.JobResult))
            : null;
    }
}
