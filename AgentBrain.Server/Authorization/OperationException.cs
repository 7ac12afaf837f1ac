namespace AgentBrain.Server.Authorization;

/// <summary>A message that is no JSON-RPC message, or whose meaning depends on who reads it.</summary>
/// <param name="reason">The reason code.</param>
/// <param name="code">The JSON-RPC error code: -32600 or -32602.</param>
/// <param name="message">One sentence for the caller, with nothing of the message in it.</param>
internal sealed class OperationException(string reason, int code, string message) : Exception(message)
{
    /// <summary>The reason code.</summary>
    public string Reason { get; } = reason;

    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; } = code;

    /// <summary>The message is no JSON-RPC 2.0 message.</summary>
    public static OperationException NotJsonRpc(string message) => new(Reasons.NotJsonRpc, JsonRpcCodes.InvalidRequest, message);

    /// <summary>The parameters that decide are missing or of the wrong kind.</summary>
    public static OperationException BadParams(string message) => new(Reasons.BadParams, JsonRpcCodes.InvalidParams, message);

    /// <summary>A name differs from one that decides in its letters' case alone; the SDK would take it for that one.</summary>
    public static OperationException Ambiguous() =>
        new(Reasons.AmbiguousName, JsonRpcCodes.InvalidRequest, "A property name differs from one of the protocol's only in upper and lower case.");
}
