namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A refresh token. The token itself is nowhere: it is found by one derivation of it, and its successor is sealed under another.</summary>
internal sealed class RefreshTokenRecord
{
    /// <summary>A random id, part of the key that seals the successor.</summary>
    public required string Id { get; set; }

    /// <summary>HKDF-SHA-256(token, "rt-lookup/v1"), base64url.</summary>
    public required string Lookup { get; set; }

    /// <summary>The grant that it belongs to.</summary>
    public required string GrantId { get; set; }

    /// <summary>The key that it is bound to (RFC 9449 §5): that of the proof with which it was asked for.</summary>
    public string? KeyThumbprint { get; set; }

    /// <summary>The id of the token whose place it took; <c>null</c> for the first of a grant.</summary>
    public string? PredecessorId { get; set; }

    /// <summary>When it was given out.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends if nobody uses it.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was redeemed first; it is kept until the grant's absolute end, so that a replay is known as one.</summary>
    public DateTimeOffset? RedeemedAt { get; set; }

    /// <summary>Until when, from its first redemption on, it gives the same successor again. Set once.</summary>
    public DateTimeOffset? RepeatableUntil { get; set; }

    /// <summary>How often it was presented again within the leeway; presentations that came together count once.</summary>
    public int Repeats { get; set; }

    /// <summary>When it was last redeemed, or presented again so that it counted.</summary>
    public DateTimeOffset? LastPresentedAt { get; set; }

    /// <summary>From which address prefix that was.</summary>
    public string? LastPresentedFrom { get; set; }

    /// <summary>The id of the token that took its place.</summary>
    public string? SuccessorId { get; set; }

    /// <summary>The successor, AES-256-GCM; only between its first redemption and the leeway's end or the successor's first use.</summary>
    public byte[]? SealedSuccessor { get; set; }
}
