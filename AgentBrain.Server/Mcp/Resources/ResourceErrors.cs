using AgentBrain.Server.Brains;
using ModelContextProtocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>Turns a brain's refusals into the JSON-RPC errors of resource methods. Nothing else makes such an error.</summary>
internal static class ResourceErrors
{
    /// <summary>The reason code of a URI that names nothing.</summary>
    public const string NotFound = "not_found";

    private const string FirstRevisionWithoutNotFoundCode = "2026-07-28";
    private const int Conflict = -32000;
    private const int Unavailable = -32001;

    /// <summary>The error for a refusal.</summary>
    /// <param name="refusal">What the brain said; its message is safe to show.</param>
    /// <param name="uri">The URI the caller gave, if the request has one.</param>
    /// <param name="protocolVersion">The revision the request speaks: older ones have a code of their own for a resource that is not there.</param>
    public static McpProtocolException From(BrainException refusal, string? uri, string? protocolVersion)
    {
        var error = new McpProtocolException(refusal.Message, refusal, CodeOf(refusal, protocolVersion));

        // The SDK sends what stands in Data as the error's data.
        error.Data["reason"] = refusal.Reason;
        if (uri is not null)
        {
            error.Data["uri"] = uri;
        }

        return error;
    }

    private static McpErrorCode CodeOf(BrainException refusal, string? protocolVersion) => refusal.Fault switch
    {
        BrainFault.NotFound => string.CompareOrdinal(protocolVersion, FirstRevisionWithoutNotFoundCode) >= 0
            ? McpErrorCode.InvalidParams
            : McpErrorCode.ResourceNotFound,
        BrainFault.InvalidArgument => McpErrorCode.InvalidParams,
        BrainFault.Conflict => (McpErrorCode)Conflict,
        BrainFault.Unavailable => (McpErrorCode)Unavailable,
        _ => McpErrorCode.InternalError,
    };
}
