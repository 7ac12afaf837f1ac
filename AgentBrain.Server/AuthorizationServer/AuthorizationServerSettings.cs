using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer;

/// <summary>What the co-located authorization server needs to know.</summary>
internal sealed record AuthorizationServerSettings
{
    /// <summary>The issuer: the public URL, without a trailing slash. One constant, wherever the issuer is written.</summary>
    public required string Issuer { get; init; }

    /// <summary>A file with the owner's first password, read only while there is no owner.</summary>
    public string? OwnerPasswordFile { get; init; }

    /// <summary>A file with the key-encryption key, 32 bytes in base64; without one, keys are protected by file mode alone.</summary>
    public string? KekFile { get; init; }

    /// <summary>Who may register.</summary>
    public RegistrationPolicy Registration { get; init; } = RegistrationPolicy.Consent;

    /// <summary>Hosts whose clients the operator knows: exact host names, lower case.</summary>
    public ImmutableArray<string> TrustedClientHosts { get; init; } = [];

    /// <summary>Must there be a state already? Then an empty data directory is a mistake and no first run.</summary>
    public bool ExpectState { get; init; }

    /// <summary>The issuer that may take the place of the one that the state is of; with any other, a changed issuer stops the start.</summary>
    public string? AcceptNewIssuer { get; init; }

    /// <summary>A file with the key of backups, 32 bytes in base64url; without one, each backup has a key of its own that is shown once.</summary>
    public string? BackupKeyFile { get; init; }

    /// <summary>Life of an access token.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Life of a code.</summary>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of a pushed authorization request (RFC 9126).</summary>
    public TimeSpan PushedRequestLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of a refresh token that nobody uses.</summary>
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Life of a grant, however much it is used.</summary>
    public TimeSpan GrantLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>For how long after its first redemption a refresh token gives the same successor again; zero for never.</summary>
    public TimeSpan RefreshLeeway { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often, at most, within the leeway.</summary>
    public int RefreshRepeats { get; init; } = 5;
}

/// <summary>Who may register as a client without the owner's doing.</summary>
internal enum RegistrationPolicy
{
    /// <summary>Nobody: only clients that were added on the machine.</summary>
    Off,

    /// <summary>Clients whose id, or whose redirects, are on a trusted host.</summary>
    AllowList,

    /// <summary>Anybody; nothing comes of it until the owner agrees.</summary>
    Consent,
}
