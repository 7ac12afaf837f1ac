namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A secret of the server's own, by name: keys of cookies and forms, of codes and request objects.</summary>
internal sealed class ServerSecret
{
    /// <summary>What it is for.</summary>
    public required string Name { get; set; }

    /// <summary>The secret, sealed when <see cref="IsSealed"/>.</summary>
    public required byte[] Value { get; set; }

    /// <summary>Is it encrypted under the key-encryption key?</summary>
    public bool IsSealed { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
