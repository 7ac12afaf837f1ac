using AgentBrain.Server.Mcp.Resources;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>A resource that can be watched.</summary>
/// <param name="Uri">Its URI as the client wrote it, which notifications repeat.</param>
/// <param name="Spacing">The least time between two looks at it.</param>
/// <param name="Look">What it holds for a caller now; null if it is gone.</param>
internal sealed record SubscribableResource(ResourceUri Uri, TimeSpan Spacing, Func<CallContext, ResourceState?> Look);

/// <summary>What a resource holds at one moment.</summary>
/// <param name="Json">Its document.</param>
/// <param name="IsFinal">True if it will not change any more.</param>
internal sealed record ResourceState(string Json, bool IsFinal);
