namespace AgentBrain.Server.Brains;

/// <summary>A refusal with a stable reason code and a sentence that names the fix. Its message is safe to show to the caller.</summary>
/// <param name="fault">The kind of refusal.</param>
/// <param name="reason">The stable, lower-case reason code, for example <c>folder_outside_roots</c>.</param>
/// <param name="message">One sentence for the caller.</param>
/// <param name="inner">The cause, for the log only.</param>
internal sealed class BrainException(BrainFault fault, string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of refusal.</summary>
    public BrainFault Fault { get; } = fault;

    /// <summary>The stable reason code.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The kinds of refusal a brain knows; the MCP layer maps each to one JSON-RPC code.</summary>
internal enum BrainFault
{
    /// <summary>The caller's input is wrong; the message names the fix.</summary>
    InvalidArgument,

    /// <summary>What the caller named is not there, or must look as if it were not.</summary>
    NotFound,

    /// <summary>The state of the brain forbids it now (a running job, a full queue).</summary>
    Conflict,

    /// <summary>A part the request needs is not configured or not working.</summary>
    Unavailable,

    /// <summary>The storage failed: disk full, database damaged.</summary>
    Storage,
}
