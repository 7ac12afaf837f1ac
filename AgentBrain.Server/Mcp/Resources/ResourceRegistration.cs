using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>Adds the resources to the MCP server.</summary>
internal static class ResourceRegistration
{
    /// <summary>Registers the resources and their handlers. Needs <see cref="ICallContexts"/>.</summary>
    public static IMcpServerBuilder AddBrainResources(this IMcpServerBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IStaticResource, ConfigResource>();
        services.AddSingleton<IStaticResource, StatusResource>();
        services.AddSingleton<IStaticResource, HealthResource>();
        services.AddSingleton<IStaticResource, ProvidersResource>();
        services.AddSingleton<IStaticResource, FoldersResource>();
        services.AddSingleton<ITemplatedResource, ChunkResource>();
        services.AddSingleton<ITemplatedResource, GraphEntityResource>();
        services.AddSingleton<ITemplatedResource, JobResource>();
        services.AddSingleton<ITemplatedResource>(new FileResource(static (brain, path) => brain.ReadFile(path)));
        services.AddSingleton<ResourceCatalog>();
        services.AddSingleton<ResourceHandlers>();
        services.AddOptions<McpServerOptions>().Configure<ResourceHandlers>(static (options, handlers) =>
        {
            options.Capabilities ??= new();
            options.Capabilities.Resources ??= new();
            options.Handlers.ListResourcesHandler = handlers.List;
            options.Handlers.ListResourceTemplatesHandler = handlers.ListTemplates;
            options.Handlers.ReadResourceHandler = handlers.Read;
        });
        return builder;
    }
}
