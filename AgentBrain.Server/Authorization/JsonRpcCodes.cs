namespace AgentBrain.Server.Authorization;

/// <summary>The JSON-RPC error codes that the pipeline answers with.</summary>
internal static class JsonRpcCodes
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;

    /// <summary>What the SDK answers for a session that it does not know.</summary>
    public const int SessionNotFound = -32001;

    /// <summary>Any other refusal; the reason code in <c>data</c> says which.</summary>
    public const int Refused = -32000;
}
