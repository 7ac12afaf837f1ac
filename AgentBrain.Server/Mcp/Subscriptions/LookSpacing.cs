namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>Least time between two looks at a resource. Fixed: a client that needs more is doing something else than watching.</summary>
internal static class LookSpacing
{
    /// <summary>For a job.</summary>
    public static readonly TimeSpan Job = TimeSpan.FromSeconds(1);

    /// <summary>For the folders.</summary>
    public static readonly TimeSpan Folders = TimeSpan.FromSeconds(5);

    /// <summary>For the status.</summary>
    public static readonly TimeSpan Status = TimeSpan.FromSeconds(30);
}
