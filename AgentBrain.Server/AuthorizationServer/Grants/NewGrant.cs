namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>What the owner has just agreed to, and the request that the code will be held against.</summary>
internal sealed record NewGrant
{
    /// <summary>The owner's id.</summary>
    public required string Subject { get; init; }

    /// <summary>The client's <c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary>The client's metadata as it was agreed to.</summary>
    public required string MetadataDigest { get; init; }

    /// <summary>The resource URI of the one brain.</summary>
    public required string Resource { get; init; }

    /// <summary>What was agreed to; not none.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>May refresh tokens come from it?</summary>
    public required bool IsRefreshable { get; init; }

    /// <summary>When the owner last proved who they are.</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>The redirect URI of the request, exactly.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>The PKCE challenge (S256).</summary>
    public required string CodeChallenge { get; init; }

    /// <summary>The key that the request named (<c>dpop_jkt</c>, or the proof at PAR).</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The prefix of the browser's address.</summary>
    public string? AddressPrefix { get; init; }
}
