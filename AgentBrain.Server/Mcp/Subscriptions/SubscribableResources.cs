using System.Text.Json;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Tools;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>The resources that can be watched: jobs, the status and the folders.</summary>
/// <param name="catalog">All resources.</param>
/// <param name="limits">What subscriptions may take.</param>
/// <param name="time">The clock.</param>
internal sealed class SubscribableResources(ResourceCatalog catalog, SubscriptionLimits limits, TimeProvider time)
{
    /// <summary>The resource behind a URI, or why there is none.</summary>
    /// <exception cref="BrainException">The URI is unknown, or cannot be subscribed to.</exception>
    public SubscribableResource Find(string? text, CallContext caller)
    {
        var uri = ResourceUri.TryParse(text) ?? throw SubscriptionRefusals.UnknownUri();
        return Find(uri, caller) ?? throw (catalog.Knows(uri) && uri.Scheme != "job" ? SubscriptionRefusals.NotSubscribable() : SubscriptionRefusals.UnknownUri());
    }

    /// <summary>The resources behind those URIs that can be watched, each once. The others are left out alike, whatever the reason.</summary>
    /// <exception cref="BrainException">More URIs than a stream may have.</exception>
    public List<SubscribableResource> FindAll(IEnumerable<string?> texts, CallContext caller)
    {
        var uris = new Dictionary<string, ResourceUri>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (ResourceUri.TryParse(text) is not { } uri)
            {
                continue;
            }

            uris.TryAdd(uri.Canonical, uri);
            if (uris.Count > limits.UrisPerStream)
            {
                throw SubscriptionRefusals.TooMany($"{limits.UrisPerStream} resources a stream");
            }
        }

        return [.. uris.Values.Select(uri => Find(uri, caller)).OfType<SubscribableResource>()];
    }

    private SubscribableResource? Find(ResourceUri uri, CallContext caller) => uri.Canonical switch
    {
        "corpus://status" => new SubscribableResource(uri, LookSpacing.Status, Status),
        "corpus://folders" => new SubscribableResource(uri, LookSpacing.Folders, Folders),
        _ => uri.Scheme == "job" ? Job(uri, caller) : null,
    };

    private static SubscribableResource? Job(ResourceUri uri, CallContext caller)
    {
        var id = Uri.UnescapeDataString(uri.Rest);
        return id.Length > 0 && caller.Brain.Jobs.Find(id) is not null
            ? new SubscribableResource(uri, LookSpacing.Job, watcher => Job(id, watcher))
            : null;
    }

    private static ResourceState? Job(string id, CallContext caller) => caller.Brain.Jobs.Find(id) is { } job
        ? new ResourceState(JsonSerializer.Serialize(JobResult.From(job, caller), ResourceJson.Readable.JobResult), job.IsFinal)
        : null;

    private ResourceState Status(CallContext caller) => new(
        JsonSerializer.Serialize(StatusDocument.Of(caller, time.GetUtcNow()), ResourceJson.Readable.StatusDocument),
        IsFinal: false);

    private static ResourceState Folders(CallContext caller) => new(
        JsonSerializer.Serialize(FoldersDocument.Of(caller), ResourceJson.Readable.FoldersDocument),
        IsFinal: false);
}
