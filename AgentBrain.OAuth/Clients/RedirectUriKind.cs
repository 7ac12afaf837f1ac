namespace AgentBrain.OAuth.Clients;

/// <summary>Kinds of places that an authorization response is sent to (RFC 8252 §7).</summary>
public enum RedirectUriKind
{
    /// <summary>A port of the browser's own machine, over http: any program there can listen on one.</summary>
    Loopback,

    /// <summary>A site, whose name TLS proves.</summary>
    Https,

    /// <summary>A scheme that a program of the browser's machine has claimed: any can.</summary>
    PrivateUse,
}
