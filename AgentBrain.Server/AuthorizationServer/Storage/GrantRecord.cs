namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>
/// What the owner agreed to once: one client, one brain, these scopes. All codes, refresh tokens and access tokens come from one, and
/// end with it. Its id is the access tokens' <c>sid</c>.
/// </summary>
internal sealed class GrantRecord
{
    /// <summary>A random id, which tokens carry.</summary>
    public required string Id { get; set; }

    /// <summary>The owner's id.</summary>
    public required string Subject { get; set; }

    /// <summary>The client's <c>client_id</c>.</summary>
    public required string ClientId { get; set; }

    /// <summary>The client's metadata as it was agreed to (<see cref="ClientRecord.MetadataDigest"/>).</summary>
    public required string MetadataDigest { get; set; }

    /// <summary>The resource URI of the one brain.</summary>
    public required string Resource { get; set; }

    /// <summary>What was agreed to.</summary>
    public ScopeSet Scopes { get; set; }

    /// <summary>May refresh tokens come from it?</summary>
    public bool IsRefreshable { get; set; }

    /// <summary>The key that its tokens are bound to (RFC 9449); once there it stays.</summary>
    public string? KeyThumbprint { get; set; }

    /// <summary>When it was agreed to.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the owner had signed in for it (<c>auth_time</c>).</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>Its absolute end.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it last gave out a token; <c>null</c> while its code was not redeemed.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>The prefix of the address from which it was last used.</summary>
    public string? LastAddressPrefix { get; set; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Why: a code of <see cref="Activities.ActivityKinds"/>.</summary>
    public string? RevokedReason { get; set; }

    /// <summary>The <c>kid</c> of the key that signed its last access token.</summary>
    public string? LastKeyId { get; set; }

    /// <summary>The epoch of the state in which it was made; a restore ends those of earlier ones.</summary>
    public long Epoch { get; set; }
}
