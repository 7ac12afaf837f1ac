using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Mcp.Subscriptions;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

/// <summary>The limits as the host sets them.</summary>
internal static class Limits
{
    public static SubscriptionLimits Standard { get; } = BrainServices.Limits(new RequestLimits());
}
