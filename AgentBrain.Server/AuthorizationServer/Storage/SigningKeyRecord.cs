namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>A key that signs access tokens, with its life.</summary>
internal sealed class SigningKeyRecord
{
    /// <summary>Its <c>kid</c>: the RFC 7638 thumbprint.</summary>
    public required string Id { get; set; }

    /// <summary><c>ES256</c>.</summary>
    public required string Algorithm { get; set; }

    /// <summary>The private key (PKCS #8), sealed when <see cref="IsSealed"/>.</summary>
    public required byte[] PrivateKey { get; set; }

    /// <summary>Is the private key encrypted under the key-encryption key?</summary>
    public bool IsSealed { get; set; }

    /// <summary>When it was made, and published.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From when on it signs.</summary>
    public DateTimeOffset ActiveFrom { get; set; }

    /// <summary>When a later key took over; it stays published until its last token has ended.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    /// <summary>When somebody declared it stolen; from then on it is neither published nor believed.</summary>
    public DateTimeOffset? CompromisedAt { get; set; }
}
