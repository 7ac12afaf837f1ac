namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A signed-in browser. The cookie holds a secret whose digest is here, so a copy of the database signs nobody in.</summary>
internal sealed class OwnerSession
{
    /// <summary>A random id that may be shown.</summary>
    public required string Id { get; set; }

    /// <summary>SHA-256 of the cookie's secret, base64url.</summary>
    public required string SecretDigest { get; set; }

    /// <summary>The owner's id.</summary>
    public required string OwnerId { get; set; }

    /// <summary>When the browser signed in.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the owner last proved who they are, by password or passkey.</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>When it was ended, by whatever means.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The prefix of the address it was opened from.</summary>
    public required string AddressPrefix { get; set; }

    /// <summary>What the browser calls itself, shortened and made safe; untrusted text.</summary>
    public string? UserAgent { get; set; }

    /// <summary><c>password</c> or <c>passkey</c>.</summary>
    public required string Method { get; set; }
}
