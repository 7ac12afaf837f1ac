using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>What a tool answers.</summary>
/// <param name="Result">The structured content.</param>
/// <param name="Text">The same for a reader: a line, or as many as the content needs, since many clients show text alone.</param>
/// <param name="Meta">The result's <c>_meta</c>, if any.</param>
internal sealed record ToolAnswer<TResult>(TResult Result, string Text, JsonObject? Meta = null);
