namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>What subscriptions may take. Fixed: a client that needs more is doing something else than watching.</summary>
internal static class SubscriptionLimits
{
    /// <summary>Most URIs of one stream.</summary>
    public const int UrisPerStream = 100;

    /// <summary>Most open <c>subscriptions/listen</c> streams of one principal.</summary>
    public const int ListensPerPrincipal = 8;

    /// <summary>Most sessions with subscriptions of one principal.</summary>
    public const int SessionsPerPrincipal = 16;

    /// <summary>Most streams of all principals.</summary>
    public const int Streams = 1000;

    /// <summary>Longest life of a <c>subscriptions/listen</c> stream; the client opens a new one, with fresh credentials.</summary>
    public static readonly TimeSpan ListenLifetime = TimeSpan.FromHours(1);

    /// <summary>Least time between two looks at a job.</summary>
    public static readonly TimeSpan JobSpacing = TimeSpan.FromSeconds(1);

    /// <summary>Least time between two looks at the folders.</summary>
    public static readonly TimeSpan FoldersSpacing = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two looks at the status.</summary>
    public static readonly TimeSpan StatusSpacing = TimeSpan.FromSeconds(30);
}
