using AgentBrain.OAuth.Dpop;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;

/// <summary>Whether a token may be issued with a key, or without one (SR-39).</summary>
internal static class BindingRules
{
    /// <summary>Why not; <c>null</c> when it may.</summary>
    /// <param name="mode">Whether the brain takes bound tokens.</param>
    /// <param name="isRequired">Must all tokens of the client be bound (<c>dpop_bound_access_tokens</c>, RFC 9449 §5.2)?</param>
    /// <param name="thumbprint">The proved key; <c>null</c> when no proof came.</param>
    public static ProtocolRefusal? Judge(DpopMode mode, bool isRequired, string? thumbprint) => (mode, thumbprint) switch
    {
        // A client that proves a key counts on its token being bound. It is told, and not given one that every finder may use.
        (DpopMode.Off, not null) => new(Reasons.DpopOff, ProofErrors.InvalidProof, "This resource takes no bound tokens; leave the proof away."),
        (DpopMode.Required, null) => new(Reasons.DpopRequired, ProofErrors.InvalidProof, "This resource takes bound tokens only; the request needs a DPoP proof."),
        (_, null) when isRequired => new(Reasons.DpopRequired, ProofErrors.InvalidProof, "The client is registered for bound tokens only; the request needs a DPoP proof."),
        _ => null,
    };
}
