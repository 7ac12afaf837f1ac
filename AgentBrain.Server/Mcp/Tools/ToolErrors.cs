using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Tools.Contracts;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>
/// Refusals as tool execution errors, which a model sees and can put right (a protocol error would end in the client). Program and audit
/// read the reason and code from <c>_meta</c>.
/// </summary>
internal static class ToolErrors
{
    /// <summary>The member of <c>_meta</c> that holds reason, code and data.</summary>
    public const string MetaKey = "agent-brain/error";

    /// <summary>
    /// The JSON-RPC code of a fault: the caller's mistakes −32602, a conflict with the state −32000, a part that is not there −32001, the
    /// storage −32603. −32002, which some servers use for a part that is not ready, is MCP's own "resource not found" and stays free.
    /// </summary>
    public static int CodeOf(BrainFault fault) => fault switch
    {
        BrainFault.InvalidArgument or BrainFault.NotFound => -32602,
        BrainFault.Conflict => -32000,
        BrainFault.Unavailable => -32001,
        _ => -32603,
    };

    /// <summary>The result for a refusal.</summary>
    public static CallToolResult Refusal(BrainFault fault, string reason, string message, JsonObject? data = null)
    {
        var error = new JsonObject { ["reason"] = reason, ["code"] = CodeOf(fault) };
        foreach (var (name, value) in data ?? [])
        {
            error[name] = value?.DeepClone();
        }

        return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = message }], Meta = new JsonObject { [MetaKey] = error } };
    }

    /// <summary>The result for a refusal by a tool.</summary>
    public static CallToolResult Refusal(ToolRefusedException refusal) => Refusal(refusal.Fault, refusal.Reason, refusal.Message, refusal.Details);

    /// <summary>The result for a failure that nothing foresaw: no word of the exception, and an id by which the log has it.</summary>
    public static CallToolResult Failure(string tool, Exception error, ILogger logger)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        ToolLog.ToolFailed(logger, error, tool, id);
        return Refusal(
            BrainFault.Storage,
            "internal_error",
            $"{tool} failed for a reason that the server did not foresee. The server's log has it under the id {id}.",
            new JsonObject { ["correlation_id"] = id });
    }
}
