using System.Text.Json.Nodes;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>A call that a tool refuses; as <see cref="BrainException"/>, with data that a program can read.</summary>
/// <param name="fault">The kind of refusal.</param>
/// <param name="reason">The stable reason code.</param>
/// <param name="message">One sentence for the caller that names the fix.</param>
/// <param name="data">More for the error's <c>_meta</c>.</param>
internal sealed class ToolRefusedException(BrainFault fault, string reason, string message, JsonObject? data = null) : Exception(message)
{
    /// <summary>The kind of refusal.</summary>
    public BrainFault Fault { get; } = fault;

    /// <summary>The stable reason code.</summary>
    public string Reason { get; } = reason;

    /// <summary>More for the error's <c>_meta</c>.</summary>
    public JsonObject? Details { get; } = data;

    /// <summary>An argument that is wrong.</summary>
    public static ToolRefusedException Argument(string reason, string argument, string message) =>
        new(BrainFault.InvalidArgument, reason, message, new JsonObject { ["argument"] = argument });
}
