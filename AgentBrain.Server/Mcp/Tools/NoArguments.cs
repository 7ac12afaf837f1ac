namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The arguments of a tool that takes none.</summary>
internal sealed record NoArguments;
