namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>How the server comes to know a client.</summary>
public enum Registration
{
    /// <summary>The client registers itself (RFC 7591).</summary>
    Dynamic,

    /// <summary>Its id is the address of its metadata.</summary>
    Document,

    /// <summary>It was added on the machine, with a secret.</summary>
    Command,
}
