namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>What subscriptions may take. The host says it, so that the same numbers hold for requests and for what they open.</summary>
internal sealed record SubscriptionLimits
{
    /// <summary>Most URIs of one stream.</summary>
    public required int UrisPerStream { get; init; }

    /// <summary>Most open <c>subscriptions/listen</c> streams of one principal.</summary>
    public required int ListensPerPrincipal { get; init; }

    /// <summary>Most sessions with subscriptions of one principal.</summary>
    public required int SessionsPerPrincipal { get; init; }

    /// <summary>Most streams of all principals.</summary>
    public required int Streams { get; init; }

    /// <summary>Longest life of a <c>subscriptions/listen</c> stream; the client opens a new one, with fresh credentials.</summary>
    public required TimeSpan ListenLifetime { get; init; }
}
