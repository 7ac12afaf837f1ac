namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>That the owner agreed to a client before. It spares the page only where the client's identity is proven.</summary>
internal sealed class ConsentRecord
{
    /// <summary>A random id.</summary>
    public required string Id { get; set; }

    /// <summary>The owner's id.</summary>
    public required string Subject { get; set; }

    /// <summary>The client's <c>client_id</c>.</summary>
    public required string ClientId { get; set; }

    /// <summary>The client's metadata as it was agreed to.</summary>
    public required string MetadataDigest { get; set; }

    /// <summary>The kind of redirect that was agreed to: loopback ports differ each time, hosts do not.</summary>
    public required string RedirectKind { get; set; }

    /// <summary>The resource URI.</summary>
    public required string Resource { get; set; }

    /// <summary>What was agreed to.</summary>
    public ScopeSet Scopes { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset GrantedAt { get; set; }
}
