namespace AgentBrain.Server.Configuration;

/// <summary>How callers are authenticated: the value of <c>AGENT_BRAIN_AUTH</c>. One pipeline serves all of them.</summary>
internal enum AuthMode
{
    /// <summary>Nobody is asked; loopback only.</summary>
    None,

    /// <summary>A shared secret as <c>Authorization: Bearer</c>.</summary>
    Basic,

    /// <summary>OAuth access tokens.</summary>
    OAuth,
}
