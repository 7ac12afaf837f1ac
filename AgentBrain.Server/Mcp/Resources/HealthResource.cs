using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>corpus://health</c>: whether the brain answers. A failing store is what it reports, not an error of the read.</summary>
/// <param name="time">The clock.</param>
internal sealed class HealthResource(TimeProvider time) : CorpusResource<HealthDocument>(
    "health",
    "Health",
    "Whether this brain answers, the server's version and the mode of authorization.",
    ResourceJson.Readable.HealthDocument)
{
    /// <inheritdoc />
    protected override HealthDocument Describe(CallContext caller)
    {
        var (status, message) = Check(caller);
        return new HealthDocument(status, message, ServerDescription.Version, caller.Mode, caller.Entry.Definition.Name, time.GetUtcNow());
    }

    private static (string Status, string? Message) Check(CallContext caller)
    {
        try
        {
            return (caller.Brain.Count() is { Documents: 0 } ? "empty" : "healthy", null);
        }
        catch (BrainException e)
        {
            return ("unhealthy", e.Message);
        }
    }
}

/// <summary>The document of <see cref="HealthResource"/>.</summary>
/// <param name="Status"><c>healthy</c>, <c>empty</c> (nothing indexed yet) or <c>unhealthy</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Version">The server's version.</param>
/// <param name="Mode">The mode of authorization.</param>
/// <param name="Brain">The brain's name.</param>
/// <param name="Timestamp">When this was said.</param>
internal sealed record HealthDocument(string Status, string? Message, string Version, string Mode, string Brain, DateTimeOffset Timestamp);
