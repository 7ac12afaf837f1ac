namespace AgentBrain.Server.Mcp.Tools;

/// <summary>What every tool needs.</summary>
/// <param name="Contexts">Finds out who calls.</param>
/// <param name="Logger">Where failures go that callers are not told about.</param>
internal sealed record ToolEnvironment(ICallContexts Contexts, ILogger<ToolEnvironment> Logger);
