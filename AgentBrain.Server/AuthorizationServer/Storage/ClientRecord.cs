using OpenIddict.EntityFrameworkCore.Models;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>
/// A client: what OpenIddict knows of one, and what it does not. <see cref="OpenIddictEntityFrameworkCoreApplication{TKey, TAuthorization, TToken}.ClientId"/>
/// may have 2,000 characters, and is unique by its digest.
/// </summary>
internal sealed class ClientRecord : OpenIddictEntityFrameworkCoreApplication<string, AuthorizationRecord, TokenRecord>
{
    /// <summary>Makes a client with an id of its own.</summary>
    public ClientRecord() => Id = Guid.NewGuid().ToString("N");

    /// <summary>How it became known.</summary>
    public ClientKind Kind { get; set; }

    /// <summary>SHA-256 of the client id, base64url: what is unique.</summary>
    public string ClientIdDigest { get; set; } = "";

    /// <summary>SHA-256 over redirects, authentication method and keys: when it changes, consent and tokens end.</summary>
    public string MetadataDigest { get; set; } = "";

    /// <summary>When it was registered or first fetched.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it last got a token or asked for a code.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When the owner first agreed to it; one that never was agreed to is pruned.</summary>
    public DateTimeOffset? ConsentedAt { get; set; }

    /// <summary>Until when a fetched document is believed (kind document).</summary>
    public DateTimeOffset? FreshUntil { get; set; }

    /// <summary>SHA-256 of the registration access token (RFC 7592), base64url.</summary>
    public string? RegistrationTokenDigest { get; set; }

    /// <summary>The method it authenticates with: <c>none</c>, <c>client_secret_basic</c>, <c>client_secret_post</c> or <c>private_key_jwt</c>.</summary>
    public string AuthenticationMethod { get; set; } = "none";

    /// <summary>The registered metadata as we answer it (RFC 7591 §3.2.1), a JSON object.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>Must all of its tokens be bound (<c>dpop_bound_access_tokens</c>)?</summary>
    public bool RequiresDpop { get; set; }

    /// <summary>Brains that it may get tokens for by itself (client_credentials), names with spaces between them; empty for none.</summary>
    public string OwnBrains { get; set; } = "";

    /// <summary>Scopes that it may get by itself (client_credentials).</summary>
    public ScopeSet OwnScopes { get; set; }

    /// <summary>Which session its own tokens are of: a new one when all earlier tokens are to be dead.</summary>
    public int OwnSession { get; set; }

    /// <summary>A second secret, valid beside the first for a rotation, as OpenIddict's first is kept: a hash.</summary>
    public string? SecondSecret { get; set; }
}
