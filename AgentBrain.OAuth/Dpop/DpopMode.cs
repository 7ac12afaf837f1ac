namespace AgentBrain.OAuth.Dpop;

/// <summary>Whether a resource takes tokens that are bound to a key (RFC 9449).</summary>
public enum DpopMode
{
    /// <summary>Bound tokens are refused: nothing would check their proofs.</summary>
    Off,

    /// <summary>Bound tokens need their proof, unbound ones are taken as well.</summary>
    Allowed,

    /// <summary>Only bound tokens are taken.</summary>
    Required,
}
