using System.Collections.Frozen;
using System.Collections.Immutable;

namespace AgentBrain.Server.Configuration;

/// <summary>The names of all settings, as environment variables or configuration keys.</summary>
internal static class SettingNames
{
    public const string Prefix = "AGENT_BRAIN_";
    public const string Auth = Prefix + "AUTH";
    public const string PublicUrl = Prefix + "PUBLIC_URL";
    public const string Data = Prefix + "DATA";
    public const string Roots = Prefix + "ROOTS";
    public const string BrainsFile = Prefix + "BRAINS_FILE";
    public const string BasicSecret = Prefix + "BASIC_SECRET";
    public const string BasicSecretFile = Prefix + "BASIC_SECRET_FILE";
    public const string AllowInsecure = Prefix + "ALLOW_INSECURE";
    public const string AllowedOrigins = Prefix + "ALLOWED_ORIGINS";
    public const string TlsCert = Prefix + "TLS_CERT";
    public const string TlsKey = Prefix + "TLS_KEY";
    public const string TrustedProxies = Prefix + "TRUSTED_PROXIES";
    public const string MaxFileBytes = Prefix + "MAX_FILE_BYTES";
    public const string MaxFilesPerFolder = Prefix + "MAX_FILES_PER_FOLDER";
    public const string MaxChunks = Prefix + "MAX_CHUNKS";
    public const string MaxIndexBytes = Prefix + "MAX_INDEX_BYTES";
    public const string MaxQueuedJobs = Prefix + "MAX_QUEUED_JOBS";
    public const string JobTimeoutSeconds = Prefix + "JOB_TIMEOUT_SECONDS";
    public const string RatePerAddress = Prefix + "RATE_PER_ADDRESS";
    public const string RatePerPrincipal = Prefix + "RATE_PER_PRINCIPAL";

    public const string Dpop = Prefix + "DPOP";
    public const string DpopNonce = Prefix + "DPOP_NONCE";
    public const string DpopMaxAgeSeconds = Prefix + "DPOP_MAX_AGE_SECONDS";
    public const string DpopRatePerKey = Prefix + "DPOP_RATE_PER_KEY";
    public const string DpopProofsPerKey = Prefix + "DPOP_PROOFS_PER_KEY";
    public const string DpopCapacity = Prefix + "DPOP_CAPACITY";
    public const string OwnerPasswordFile = Prefix + "OWNER_PASSWORD_FILE";
    public const string KekFile = Prefix + "KEK_FILE";
    public const string Registration = Prefix + "REGISTRATION";
    public const string TrustedClientHosts = Prefix + "TRUSTED_CLIENT_HOSTS";
    public const string ExpectState = Prefix + "EXPECT_STATE";
    public const string AcceptNewIssuer = Prefix + "ACCEPT_NEW_ISSUER";
    public const string BackupKeyFile = Prefix + "BACKUP_KEY_FILE";
    public const string RefreshLeewaySeconds = Prefix + "REFRESH_LEEWAY_SECONDS";
    public const string Redis = Prefix + "REDIS";
    public const string RedisFile = Prefix + "REDIS_FILE";
    public const string OAuthResource = OAuthPrefix + "RESOURCE";
    public const string OAuthIssuer = OAuthPrefix + "ISSUER";
    public const string OAuthProfile = OAuthPrefix + "PROFILE";
    public const string OAuthJwksUri = OAuthPrefix + "JWKS_URI";
    public const string OAuthIntrospectionUrl = OAuthPrefix + "INTROSPECTION_URL";
    public const string OAuthIntrospectionClientId = OAuthPrefix + "INTROSPECTION_CLIENT_ID";
    public const string OAuthIntrospectionClientSecret = OAuthPrefix + "INTROSPECTION_CLIENT_SECRET";
    public const string OAuthIntrospectionClientSecretFile = OAuthPrefix + "INTROSPECTION_CLIENT_SECRET_FILE";
    public const string OAuthRolesClaim = OAuthPrefix + "ROLES_CLAIM";
    public const string OAuthAccess = OAuthPrefix + "ACCESS";
    public const string OAuthRevocations = OAuthPrefix + "REVOCATIONS";

    /// <summary>The name under which hosts hand the connection string of Redis over.</summary>
    public const string RedisConnectionName = "cache";

    /// <summary>Settings of this prefix belong to the oauth mode; with another mode they are refused, since they look like protection.</summary>
    public const string OAuthPrefix = Prefix + "OAUTH_";

    /// <summary>Every name that this build reads. What has the prefix and is neither here nor reserved is probably a typing error.</summary>
    public static FrozenSet<string> Known { get; } = new[]
    {
        Auth, PublicUrl, Data, Roots, BrainsFile, BasicSecret, BasicSecretFile, AllowInsecure, AllowedOrigins, TlsCert, TlsKey,
        TrustedProxies, MaxFileBytes, MaxFilesPerFolder, MaxChunks, MaxIndexBytes, MaxQueuedJobs, JobTimeoutSeconds, RatePerAddress, RatePerPrincipal,
        Dpop, DpopNonce, DpopMaxAgeSeconds, DpopRatePerKey, DpopProofsPerKey, DpopCapacity, Redis, RedisFile, OAuthResource, OAuthIssuer, OAuthProfile, OAuthJwksUri,
        OAuthIntrospectionUrl, OAuthIntrospectionClientId, OAuthIntrospectionClientSecret, OAuthIntrospectionClientSecretFile, OAuthRolesClaim, OAuthAccess, OAuthRevocations,
        OwnerPasswordFile, KekFile, Registration, TrustedClientHosts, ExpectState, AcceptNewIssuer, BackupKeyFile, RefreshLeewaySeconds,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of parts that this build does not have. Each asks for protection or durability, so it is refused rather than ignored.</summary>
    public static FrozenSet<string> Reserved { get; } = new[]
    {
        Prefix + "AUDIT_SPOOL", Prefix + "AUDIT_DURABILITY", Prefix + "AUDIT_ANCHOR", Prefix + "AUDITOR_ROLE",
        Prefix + "OPAQUE_BRAINS",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What only the co-located authorization server reads.</summary>
    public static ImmutableArray<string> AuthorizationServerOnly { get; } = [OwnerPasswordFile, KekFile, Registration, TrustedClientHosts, ExpectState, AcceptNewIssuer, BackupKeyFile, RefreshLeewaySeconds];

    /// <summary>What only says how to judge another authorization server's tokens.</summary>
    public static ImmutableArray<string> ForeignIssuerOnly { get; } =
        [OAuthProfile, OAuthJwksUri, OAuthIntrospectionUrl, OAuthIntrospectionClientId, OAuthIntrospectionClientSecret, OAuthIntrospectionClientSecretFile, OAuthRolesClaim, OAuthAccess, OAuthRevocations];

    /// <summary>Those of <see cref="Known"/> that only the mode oauth reads. With another mode they are refused, since they look like protection.</summary>
    public static FrozenSet<string> OAuthOnly { get; } = Known
        .Where(static name => name.StartsWith(OAuthPrefix, StringComparison.Ordinal) || name.StartsWith(Dpop, StringComparison.Ordinal) || name is Redis or RedisFile || AuthorizationServerOnly.Contains(name))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a name that is read, or that has a refusal of its own.</summary>
    public static bool IsForeseen(string name) =>
        Known.Contains(name) || Reserved.Contains(name) || name.StartsWith(OAuthPrefix, StringComparison.OrdinalIgnoreCase);
}
