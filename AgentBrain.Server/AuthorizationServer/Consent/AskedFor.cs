using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>An authorization request that is valid, and waits for the owner.</summary>
internal sealed record AskedFor
{
    /// <summary>Who asks.</summary>
    public required ClientRecord Client { get; init; }

    /// <summary>Where the answer goes.</summary>
    public required RedirectTarget Target { get; init; }

    /// <summary>The brain.</summary>
    public required ProtectedResource Resource { get; init; }

    /// <summary>What is asked for; not none.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>May refresh tokens come from it?</summary>
    public required bool IsRefreshable { get; init; }

    /// <summary>The PKCE challenge (S256).</summary>
    public required string CodeChallenge { get; init; }

    /// <summary>The client's <c>state</c>.</summary>
    public string? State { get; init; }

    /// <summary>The key that the request named (<c>dpop_jkt</c>, or the proof at PAR).</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The id of the pushed request's row.</summary>
    public string? PushedRequestId { get; init; }

    /// <summary>The request as it is kept.</summary>
    /// <param name="idDigest">The digest of its id.</param>
    /// <param name="sessionId">The browser's session.</param>
    /// <param name="expiresAt">When it ends.</param>
    public InteractionRecord ToRecord(string idDigest, string sessionId, DateTimeOffset expiresAt) => new()
    {
        IdDigest = idDigest,
        SessionId = sessionId,
        ClientId = Client.ClientId!,
        MetadataDigest = Client.MetadataDigest,
        RedirectUri = Target.Uri,
        Resource = Resource.Uri,
        RequestedScopes = Scopes,
        IsRefreshable = IsRefreshable,
        CodeChallenge = CodeChallenge,
        State = State,
        KeyThumbprint = KeyThumbprint,
        PushedRequestId = PushedRequestId,
        ExpiresAt = expiresAt,
    };
}
