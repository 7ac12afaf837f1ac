namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A link with which the machine's user makes themselves the owner. Only the newest counts.</summary>
internal sealed class SetupLink
{
    /// <summary>SHA-256 of the link's secret, base64url.</summary>
    public required string SecretDigest { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it made an owner.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>Does it set a new password for the owner that there is (<c>owner reset</c>), instead of making one?</summary>
    public bool IsReset { get; set; }
}
