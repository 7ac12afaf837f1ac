using AgentBrain.Server.Mcp.Completion;
using AgentBrain.Server.Mcp.Prompts;
using AgentBrain.Server.Mcp.Tools;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp;

/// <summary>Adds the brain's tools, prompts and completion to an MCP server.</summary>
internal static class BrainMcpServer
{
    /// <summary>
    /// Adds the 17 tools, the 6 prompts, completion, the instructions and the server's name. Needs an <see cref="ICallContexts"/>;
    /// takes <see cref="IFileTypeCatalog"/> and <see cref="TimeProvider"/> from the services if they are there.
    /// </summary>
    public static IMcpServerBuilder AddBrainTools(this IMcpServerBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFileTypeCatalog, FileTypeCatalog>();
        services.TryAddSingleton<ToolEnvironment>();
        services.TryAddSingleton<ArgumentCompletion>();
        AddTools(services);
        AddPrompts(services);
        services.Configure<McpServerOptions>(ServerDescription.Apply);
        FixedLists.Register(services);
        return builder
            .WithCompleteHandler(static (request, _) => new(request.Services!.GetRequiredService<ArgumentCompletion>().Complete(request)))
            .WithRequestFilters(static filters => filters
                .AddListToolsFilter(static next => async (request, cancellationToken) => Private(await next(request, cancellationToken)))
                .AddListPromptsFilter(static next => async (request, cancellationToken) => Private(await next(request, cancellationToken))));
    }

    private static void AddTools(IServiceCollection services)
    {
        services.AddSingleton<McpServerTool, SearchDocumentsTool>();
        services.AddSingleton<McpServerTool, ExplainResultTool>();
        services.AddSingleton<McpServerTool, QueryCountTool>();
        services.AddSingleton<McpServerTool, ServerHealthTool>();
        services.AddSingleton<McpServerTool, WhoamiTool>();
        services.AddSingleton<McpServerTool, ListFoldersTool>();
        services.AddSingleton<McpServerTool, ListFileTypesTool>();
        services.AddSingleton<McpServerTool, CacheStatusTool>();
        services.AddSingleton<McpServerTool, ListJobsTool>();
        services.AddSingleton<McpServerTool, GetJobTool>();
        services.AddSingleton<McpServerTool, WaitForJobTool>();
        services.AddSingleton<McpServerTool, IndexFolderTool>();
        services.AddSingleton<McpServerTool, AddDocumentsTool>();
        services.AddSingleton<McpServerTool, InjectDocumentsTool>();
        services.AddSingleton<McpServerTool, CancelJobTool>();
        services.AddSingleton<McpServerTool, RemoveFolderTool>();
        services.AddSingleton<McpServerTool, ClearCacheTool>();
    }

    private static void AddPrompts(IServiceCollection services)
    {
        services.AddSingleton<McpServerPrompt, FindCallersPrompt>();
        services.AddSingleton<McpServerPrompt, FindImplementationPrompt>();
        services.AddSingleton<McpServerPrompt, ExplainArchitecturePrompt>();
        services.AddSingleton<McpServerPrompt, CompareSearchModesPrompt>();
        services.AddSingleton<McpServerPrompt, OnboardToCodebasePrompt>();
        services.AddSingleton<McpServerPrompt, AuditIndexedFoldersPrompt>();
    }

    /// <summary>A list may depend on who asks, and an absent scope would mean "public". It may be kept as long as the lists of resources.</summary>
    private static T Private<T>(T result)
        where T : ICacheableResult
    {
        result.CacheScope = CacheScope.Private;
        result.TimeToLive = FixedLists.Lifetime;
        return result;
    }
}
