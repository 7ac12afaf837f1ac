using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>Adds subscriptions of both generations to the MCP server.</summary>
internal static class SubscriptionRegistration
{
    /// <summary>
    /// Registers the handlers. Needs <see cref="ICallContexts"/>, <see cref="SubscriptionLimits"/> and the resources. A host whose transport has sessions must run each
    /// by <see cref="ClientSessions.RunAsync"/> (the HTTP transport's <c>RunSessionHandler</c>); without that <c>resources/subscribe</c> is
    /// refused rather than leaked.
    /// </summary>
    public static IMcpServerBuilder AddBrainSubscriptions(this IMcpServerBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<SubscribableResources>();
        services.AddSingleton(static provider => new ServerEnd(provider.GetService<ITransport>, provider.GetService<IHostApplicationLifetime>()));
        services.AddSingleton<ClientSessions>();
        services.AddSingleton<SessionHandlers>();
        services.AddSingleton<ListenHandler>();
        services.AddOptions<McpServerOptions>().Configure<SessionHandlers, ListenHandler>(static (options, sessions, listen) =>
        {
            options.Capabilities ??= new();
            options.Capabilities.Resources ??= new();
            options.Capabilities.Resources.Subscribe = true;
            options.Capabilities.Resources.ListChanged = false;
            options.Handlers.SubscribeToResourcesHandler = sessions.Subscribe;
            options.Handlers.UnsubscribeFromResourcesHandler = sessions.Unsubscribe;
            options.Handlers.SubscriptionsListenHandler = listen.ListenAsync;
        });
        FixedLists.Register(services);
        return builder;
    }
}
