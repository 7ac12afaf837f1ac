using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>A call with its arguments read.</summary>
/// <param name="arguments">The arguments, all in range.</param>
/// <param name="request">The request.</param>
/// <param name="contexts">Finds out who calls.</param>
internal sealed class ToolCall<TArguments>(TArguments arguments, RequestContext<CallToolRequestParams> request, ICallContexts contexts)
{
    /// <summary>The arguments, all in range.</summary>
    public TArguments Arguments { get; } = arguments;

    /// <summary>Who calls, and on which brain.</summary>
    public CallContext Caller => field ??= contexts.Of(request);

    /// <summary>The server side of the connection that the call came on.</summary>
    public McpServer Server => request.Server;

    /// <summary>What the client wants progress notifications to carry; null if it wants none.</summary>
    public ProgressToken? ProgressToken => request.Params?.ProgressToken;
}
