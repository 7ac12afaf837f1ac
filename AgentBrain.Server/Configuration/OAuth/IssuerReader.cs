using System.Collections.Immutable;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Revocation;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>Reads the authorization servers: one from <c>AGENT_BRAIN_OAUTH_*</c>, or several from the brains file.</summary>
internal static class IssuerReader
{
    private static readonly string[] Signatures = ["ES256", "ES384", "PS256", "RS256"];

    /// <summary>The issuer of the <c>AGENT_BRAIN_OAUTH_*</c> settings, one of which names it.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static IssuerSettings FromSettings(SettingValues values)
    {
        var issuer = values.Text(SettingNames.OAuthIssuer)!;
        var settings = Start(SettingNames.OAuthIssuer, issuer, SettingNames.OAuthProfile, values.Text(SettingNames.OAuthProfile));
        var introspection = Introspection(values);
        var jwks = values.Text(SettingNames.OAuthJwksUri);
        if (introspection is not null && jwks is not null)
            throw new ConfigurationException($"{SettingNames.OAuthJwksUri} and {SettingNames.OAuthIntrospectionUrl} are both set; tokens are judged in one way, so keep one of them.");

        return settings with
        {
            JwksUri = jwks is null ? null : Url(SettingNames.OAuthJwksUri, jwks),
            Introspection = introspection,
            RolesClaim = values.Text(SettingNames.OAuthRolesClaim) ?? settings.RolesClaim,
        };
    }

    /// <summary>An issuer of the brains file.</summary>
    /// <exception cref="ConfigurationException">An entry is wrong.</exception>
    public static IssuerSettings FromFile(ListedIssuer entry, IReadOnlyCollection<string> brains)
    {
        var where = $"{SettingNames.BrainsFile} (issuer {entry.Issuer})";
        var start = Start(where, entry.Issuer, where, entry.Profile);
        if (entry is { JwksUri: not null, Introspection: not null })
            throw new ConfigurationException($"{where} has jwksUri and introspection; tokens are judged in one way, so keep one of them.");

        if (entry.Algorithms?.FirstOrDefault(algorithm => !Signatures.Contains(algorithm, StringComparer.Ordinal)) is { } unknown)
            throw new ConfigurationException($"{where} allows the algorithm {unknown}; there are {string.Join(", ", Signatures)}.");

        if ((entry.Brains ?? []).Concat((entry.Audiences ?? []).Values).FirstOrDefault(name => !brains.Contains(name)) is { } stranger)
            throw new ConfigurationException($"{where} names the brain {stranger}, which is not among the brains of the file.");

        var settings = start with
        {
            JwksUri = entry.JwksUri is null ? null : Url(where, entry.JwksUri),
            Introspection = entry.Introspection is { } introspection
                ? new IntrospectionSettings(Url(where, introspection.Url), introspection.ClientId, Secret(where, introspection.ClientSecretFile))
                : null,
            TokenTypes = Some(where, "tokenTypes", entry.TokenTypes) ?? start.TokenTypes,
            PayloadTypes = entry.PayloadTypes is { } types ? [.. types] : start.PayloadTypes,
            Algorithms = Some(where, "algorithms", entry.Algorithms) ?? start.Algorithms,
            Audiences = (entry.Audiences ?? []).ToImmutableDictionary(StringComparer.Ordinal),
            ClientIdClaims = Some(where, "clientIdClaims", entry.ClientIdClaims) ?? start.ClientIdClaims,
            ScopeClaim = entry.ScopeClaim ?? start.ScopeClaim,
            RolesClaim = entry.RolesClaim ?? start.RolesClaim,
            MaxLifetime = entry.MaxLifetimeSeconds is { } seconds ? Lifetime(where, seconds) : start.MaxLifetime,
            Brains = [.. entry.Brains ?? []],
        };

        // An ID token has the same header, and is for the client and not for us.
        return settings.PayloadTypes.IsEmpty && settings.TokenTypes.Contains("JWT", StringComparer.OrdinalIgnoreCase)
            ? throw new ConfigurationException($"{where} takes the type JWT, which ID tokens have as well; say in payloadTypes which value of the payload's typ an access token has.")
            : settings;
    }

    private static IssuerSettings Start(string where, string issuer, string profileName, string? profile)
    {
        // The issuer is compared byte for byte, so it stays as it was written; a URL is all that is asked of it (RFC 8414 §2).
        if (Url(where, issuer) is { Query.Length: > 0 } or { Fragment.Length: > 0 })
            throw new ConfigurationException($"{where} is {issuer}; an issuer has no query and no fragment.");

        return IssuerProfiles.Find(issuer, profile) ?? throw new ConfigurationException($"{profileName} has the profile {profile}; there are {IssuerProfiles.Names}.");
    }

    private static IntrospectionSettings? Introspection(SettingValues values)
    {
        var (url, client) = (values.Text(SettingNames.OAuthIntrospectionUrl), values.Text(SettingNames.OAuthIntrospectionClientId));
        var (secret, file) = (values.Text(SettingNames.OAuthIntrospectionClientSecret), values.Text(SettingNames.OAuthIntrospectionClientSecretFile));
        if (url is null)
        {
            return client is null && secret is null && file is null
                ? null
                : throw new ConfigurationException($"{SettingNames.OAuthIntrospectionClientId} or its secret is set without {SettingNames.OAuthIntrospectionUrl}; set it to the issuer's introspection endpoint, or remove them.");
        }

        if (client is null || (secret is null) == (file is null))
            throw new ConfigurationException($"{SettingNames.OAuthIntrospectionUrl} needs {SettingNames.OAuthIntrospectionClientId} and one of {SettingNames.OAuthIntrospectionClientSecretFile} and {SettingNames.OAuthIntrospectionClientSecret}, as whom the server asks.");

        return new IntrospectionSettings(
            Url(SettingNames.OAuthIntrospectionUrl, url),
            client,
            secret ?? Secret(SettingNames.OAuthIntrospectionClientSecretFile, file!));
    }

    private static string Secret(string where, string file) =>
        SecretFile.Read(where, file) is { Length: > 0 } secret ? secret : throw new ConfigurationException($"{where} names {file}, which is empty; it should hold the client's secret.");

    /// <summary>Tokens, keys and secrets travel over TLS, or stay on this machine.</summary>
    private static Uri Url(string where, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            ? url
            : throw new ConfigurationException($"{where} holds {text}; it must be an https URL without a user name (http is taken on loopback only).");

    private static ImmutableArray<string>? Some(string where, string member, string[]? values) => values switch
    {
        null => null,
        [] => throw new ConfigurationException($"{where} has an empty {member}, with which no token would be taken; name one, or leave it out."),
        _ => [.. values],
    };

    private static TimeSpan Lifetime(string where, int seconds) => TimeSpan.FromSeconds(seconds) is var life && life >= TimeSpan.FromMinutes(1) && life <= Revocations.LongestTokenLife
        ? life
        : throw new ConfigurationException($"{where} has maxLifetimeSeconds {seconds}; it must be from 60 to {Revocations.LongestTokenLife.TotalSeconds:F0}.");
}
