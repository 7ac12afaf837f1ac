namespace AgentBrain.Server.Mcp.Tools;

/// <summary>How a tool presents itself.</summary>
/// <param name="Name">The name by which it is called.</param>
/// <param name="Title">The name that people see.</param>
/// <param name="Description">For the model that must choose the tool: what it does, when to take it, what comes next.</param>
/// <param name="Traits">Its hints.</param>
internal sealed record ToolDefinition(string Name, string Title, string Description, ToolTraits Traits);
