namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>A resource of a stream, and what the stream's client was last told of it.</summary>
/// <param name="resource">The resource.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedResource(SubscribableResource resource, TimeProvider time)
{
    private long? _lookedAt;

    /// <summary>The resource.</summary>
    public SubscribableResource Resource => resource;

    /// <summary>The state the client was told of; null before the first notification.</summary>
    public string? Told { get; set; }

    /// <summary>True if it may have changed since the last look.</summary>
    public bool MayHaveChanged { get; set; } = true;

    /// <summary>How long to wait until it may be looked at again; null if there is no reason to look.</summary>
    public TimeSpan? Wait => !MayHaveChanged ? null
        : _lookedAt is { } last && resource.Spacing - time.GetElapsedTime(last) is { } left && left > TimeSpan.Zero ? left
        : TimeSpan.Zero;

    /// <summary>Notes that it is looked at now.</summary>
    public void BeginLook()
    {
        _lookedAt = time.GetTimestamp();
        MayHaveChanged = false;
    }
}
