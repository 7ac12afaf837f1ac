using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>Reads the settings of the co-located authorization server, which is there unless another issuer is named.</summary>
internal static class AuthorizationServerReader
{
    /// <summary>Reads them; <c>null</c> when tokens come from elsewhere.</summary>
    /// <param name="values">The variables.</param>
    /// <param name="file">The brains file, if there is one.</param>
    /// <param name="issuer">The public URL, without a trailing slash.</param>
    /// <exception cref="ConfigurationException">A setting is wrong, or belongs to the other shape.</exception>
    public static AuthorizationServerSettings? Read(SettingValues values, BrainsFile? file, string issuer)
    {
        if (values.Text(SettingNames.OAuthIssuer) is { } named)
            return RefuseOwn(values, $"{SettingNames.OAuthIssuer} is {named}");

        if (file is { Issuers.Length: > 0 })
            return RefuseOwn(values, $"{SettingNames.BrainsFile} lists issuers");

        RefuseForeign(values, file);
        return new AuthorizationServerSettings
        {
            Issuer = issuer,
            OwnerPasswordFile = values.Text(SettingNames.OwnerPasswordFile),
            KekFile = values.Text(SettingNames.KekFile),
            Registration = Registration(values.Text(SettingNames.Registration)),
            TrustedClientHosts = Hosts(values),
            ExpectState = values.Text(SettingNames.ExpectState) is { } expect && Switch(expect),
            AcceptNewIssuer = values.Text(SettingNames.AcceptNewIssuer)?.TrimEnd('/'),
            BackupKeyFile = values.Text(SettingNames.BackupKeyFile),
            RefreshLeeway = TimeSpan.FromSeconds(values.Number(SettingNames.RefreshLeewaySeconds, 30, 0, 300)),
        };
    }

    /// <summary>The settings of the one shape would be without effect in the other, and who set them would not hear of it.</summary>
    private static AuthorizationServerSettings? RefuseOwn(SettingValues values, string why)
    {
        if (SettingNames.AuthorizationServerOnly.FirstOrDefault(name => values.Text(name) is not null) is { } own)
            throw new ConfigurationException($"{own} is set, which is for the authorization server of this program, and {why}; keep one of them.");

        return null;
    }

    private static void RefuseForeign(SettingValues values, BrainsFile? file)
    {
        if (SettingNames.ForeignIssuerOnly.FirstOrDefault(name => values.Text(name) is not null) is { } foreign)
            throw new ConfigurationException($"{foreign} is set, which says how to judge another authorization server's tokens, and none is named; set {SettingNames.OAuthIssuer} too, or remove it.");

        if (file?.Brains.FirstOrDefault(static brain => brain.Value.Access.Length > 0) is { Key: { } brain })
            throw new ConfigurationException($"{SettingNames.BrainsFile} (brain {brain}) has access, and no issuer whose users it could name; here the owner may use every brain, so take access out, or list the issuers.");
    }

    private static RegistrationPolicy Registration(string? text) => text switch
    {
        null or "consent" => RegistrationPolicy.Consent,
        "allow-list" => RegistrationPolicy.AllowList,
        "off" => RegistrationPolicy.Off,
        _ => throw new ConfigurationException($"{SettingNames.Registration} is {text}; it must be off, allow-list or consent."),
    };

    private static ImmutableArray<string> Hosts(SettingValues values) => [.. values.List(SettingNames.TrustedClientHosts).Select(static host =>
        Uri.CheckHostName(host) == UriHostNameType.Dns && !host.Any(char.IsAsciiLetterUpper)
            ? host
            : throw new ConfigurationException($"{SettingNames.TrustedClientHosts} holds {host}; it must be host names in lower case like claude.ai, with commas between them."))];

    private static bool Switch(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new ConfigurationException($"{SettingNames.ExpectState} is {text}; it must be true or false."),
    };
}
