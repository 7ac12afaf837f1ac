using AgentBrain.Server.Configuration;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Compares at the start what the SDK will serve with the table. A tool or handler that is missing, or whose annotations tell
/// clients something else than its scope does, stops the start: it is a programming error that would otherwise be a hole.
/// </summary>
internal static class ScopeTableCheck
{
    /// <summary>Checks everything that is registered.</summary>
    /// <exception cref="ConfigurationException">One sentence naming the first contradiction.</exception>
    public static void Run(McpServerOptions options)
    {
        // A handler of its own would serve tools that nobody can look at here.
        if (options.Handlers.CallToolHandler is not null || options.Handlers.ListToolsHandler is not null)
            throw Refuse("a handler for all tools", "tools must be registered one by one");

        foreach (var tool in options.ToolCollection ?? [])
            CheckTool(tool.ProtocolTool);

#pragma warning disable MCPEXP002 // Custom handlers are experimental in the SDK; that nobody may add one past the table is not.
        foreach (var handler in options.RequestHandlers ?? [])
        {
            if (!ScopeTable.Requests.ContainsKey(handler.Method))
                throw Refuse($"the method {handler.Method}", "it is not in the scope table");
        }
#pragma warning restore MCPEXP002

        foreach (var (method, _) in options.Handlers.NotificationHandlers ?? [])
        {
            if (!ScopeTable.Notifications.Contains(method))
                throw Refuse($"the notification {method}", "it is not in the scope table");
        }
    }

    private static void CheckTool(Tool tool)
    {
        if (!ScopeTable.Tools.TryGetValue(tool.Name, out var scope))
            throw Refuse($"the tool {tool.Name}", "it is not in the scope table");

        if (tool.Annotations is not { ReadOnlyHint: { } readOnly, DestructiveHint: { } destructive, IdempotentHint: not null, OpenWorldHint: not null })
            throw Refuse($"the tool {tool.Name}", "it must set all four annotation hints");

        // wait_for_job only looks, but holds a connection for long, and belongs to those who start jobs.
        if (readOnly != (scope == ScopeSet.Read) && tool.Name != "wait_for_job")
            throw Refuse($"the tool {tool.Name}", $"its readOnlyHint contradicts its scope {scope.ToScopeText()}");

        if (destructive != (scope == ScopeSet.Admin))
            throw Refuse($"the tool {tool.Name}", $"its destructiveHint contradicts its scope {scope.ToScopeText()}");
    }

    private static ConfigurationException Refuse(string what, string why) => new($"The build is broken: {what} cannot be served, because {why}.");
}
