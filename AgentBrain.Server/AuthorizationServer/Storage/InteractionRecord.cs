namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>
/// An authorization request that waits for the owner. The page's form names it and nothing else, so whatever is changed between page
/// and answer changes nothing, or is found (SR-32).
/// </summary>
internal sealed class InteractionRecord
{
    /// <summary>SHA-256 of the id that the form has, base64url.</summary>
    public required string IdDigest { get; set; }

    /// <summary>The browser's session.</summary>
    public required string SessionId { get; set; }

    /// <summary>The client's <c>client_id</c>.</summary>
    public required string ClientId { get; set; }

    /// <summary>The client's metadata as the page showed it.</summary>
    public required string MetadataDigest { get; set; }

    /// <summary>The redirect URI of the request, exactly.</summary>
    public required string RedirectUri { get; set; }

    /// <summary>The resource URI.</summary>
    public required string Resource { get; set; }

    /// <summary>What was asked for.</summary>
    public ScopeSet RequestedScopes { get; set; }

    /// <summary>Did the client ask for, or is it registered for, refresh tokens?</summary>
    public bool IsRefreshable { get; set; }

    /// <summary>The PKCE challenge (S256).</summary>
    public required string CodeChallenge { get; set; }

    /// <summary>The client's <c>state</c>, returned as it came.</summary>
    public string? State { get; set; }

    /// <summary>The key that the request named.</summary>
    public string? KeyThumbprint { get; set; }

    /// <summary>The id of the pushed request's row, redeemed together with this.</summary>
    public string? PushedRequestId { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was answered.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }
}
