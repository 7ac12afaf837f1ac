namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>An authorization code (RFC 6749 §4.1.2), with all that its redemption is held against.</summary>
internal sealed class CodeRecord
{
    /// <summary>SHA-256 of the code, base64url.</summary>
    public required string CodeDigest { get; set; }

    /// <summary>The grant that it stands for.</summary>
    public required string GrantId { get; set; }

    /// <summary>The redirect URI of the request, exactly.</summary>
    public required string RedirectUri { get; set; }

    /// <summary>The PKCE challenge (S256).</summary>
    public required string CodeChallenge { get; set; }

    /// <summary>The key that the request named (<c>dpop_jkt</c>, or the proof at PAR).</summary>
    public string? KeyThumbprint { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was redeemed.</summary>
    public DateTimeOffset? RedeemedAt { get; set; }

    /// <summary>The key that was proved when it was redeemed.</summary>
    public string? RedeemedWithKey { get; set; }
}
