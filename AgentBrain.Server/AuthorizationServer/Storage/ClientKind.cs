namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>How a client became known.</summary>
internal enum ClientKind
{
    /// <summary>Added by the owner on the machine.</summary>
    Registered = 0,

    /// <summary>Registered itself (RFC 7591).</summary>
    Dynamic = 1,

    /// <summary>Its id is the URL of its metadata (client id metadata document).</summary>
    Document = 2,
}
