using System.Text.Json;

namespace AgentBrain.Server.Authorization;

/// <summary>One refusal, as it is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Message">One sentence for the caller, without anything that the caller sent.</param>
/// <param name="Code">The JSON-RPC error code.</param>
internal sealed record Refusal(int Status, string Reason, string Message, int Code = JsonRpcCodes.Refused)
{
    /// <summary>When it makes sense to try again; rounded up to seconds in <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The id of the message, where it could be read and is not in the request's <see cref="RequestMessage"/>.</summary>
    public JsonElement? Id { get; init; }

    /// <summary>False for the answer that must be byte for byte the SDK's own.</summary>
    public bool TellReason { get; init; } = true;
}
