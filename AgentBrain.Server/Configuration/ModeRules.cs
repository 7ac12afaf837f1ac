namespace AgentBrain.Server.Configuration;

/// <summary>
/// Which settings go with which mode. Whatever looks like more protection than the mode gives stops the start: the server never
/// runs in a weaker mode than its settings suggest.
/// </summary>
internal static class ModeRules
{
    /// <summary>Checks the combination.</summary>
    /// <param name="settings">Settings that are valid one by one.</param>
    /// <param name="isSet">Tells whether a setting of some name, or with some prefix, is present.</param>
    /// <exception cref="ConfigurationException">The combination is not allowed.</exception>
    public static void Check(ServerSettings settings, Predicate<string> isSet)
    {
        foreach (var listen in settings.Listen)
            CheckAddress(settings, listen);

        switch (settings.Mode)
        {
            case AuthMode.None:
                CheckNone(settings, isSet);
                break;
            case AuthMode.Basic:
                CheckBasic(settings, isSet);
                break;
            default:
                CheckOAuth(settings, isSet);
                break;
        }
    }

    private static void CheckAddress(ServerSettings settings, ListenAddress listen)
    {
        if (listen.IsHttps && settings.Tls is null)
            throw new ConfigurationException($"--urls holds {listen.Url}, for which {SettingNames.TlsCert} and {SettingNames.TlsKey} must name a certificate and its key; make them with: tls self-signed --host NAME --out DIR");

        if (listen.Address is null && listen.Port == 0)
            throw new ConfigurationException("--urls holds localhost with port 0, which cannot be one port on both loopback addresses; use http://127.0.0.1:0 or a fixed port.");
    }

    private static void CheckNone(ServerSettings settings, Predicate<string> isSet)
    {
        if (OAuthSetting(isSet) is { } oauth)
            throw new ConfigurationException($"{oauth} is set while {SettingNames.Auth} is none, which asks nobody for a token; set {SettingNames.Auth}=oauth, or remove it.");

        if (isSet(SettingNames.BasicSecret) || isSet(SettingNames.BasicSecretFile))
            throw new ConfigurationException($"{SettingNames.BasicSecret} is set while {SettingNames.Auth} is none, which asks nobody for it; set {SettingNames.Auth}=basic, or remove it.");

        if (settings.Brains.Length > 1 || isSet(SettingNames.BrainsFile))
            throw new ConfigurationException($"{SettingNames.BrainsFile} is set while {SettingNames.Auth} is none, which cannot keep brains apart; use {SettingNames.Roots}, with {SettingNames.Auth}=basic if others must be kept out.");

        if (settings.PublicUrl is { IsLoopback: false })
            throw new ConfigurationException($"{SettingNames.PublicUrl} is {settings.PublicUrl.AbsoluteUri} while {SettingNames.Auth} is none, which protects nothing; set {SettingNames.Auth}=basic, or remove it.");

        if (settings.TrustedProxies.Length > 0)
            throw new ConfigurationException($"{SettingNames.TrustedProxies} is set while {SettingNames.Auth} is none, which refuses what comes through a proxy; set {SettingNames.Auth}=basic, or remove it.");

        foreach (var listen in settings.Listen.Where(listen => !listen.IsLoopback && !listen.Address!.Equals(settings.AllowInsecure)))
            throw new ConfigurationException($"--urls holds {listen.Url}, which others can reach, while {SettingNames.Auth} is none; set {SettingNames.Auth}=basic, or, to let everybody in, {SettingNames.AllowInsecure}={listen.Address}");

        if (settings.AllowInsecure is { } allowed && !settings.Listen.Any(listen => allowed.Equals(listen.Address)))
            throw new ConfigurationException($"{SettingNames.AllowInsecure} is {allowed}, which --urls does not bind; set it to the very address, or remove it.");
    }

    private static void CheckBasic(ServerSettings settings, Predicate<string> isSet)
    {
        if (OAuthSetting(isSet) is { } oauth)
            throw new ConfigurationException($"{oauth} is set while {SettingNames.Auth} is basic, which takes no tokens; set {SettingNames.Auth}=oauth, or remove it.");

        if (settings.Brains.Length > 1 || isSet(SettingNames.BrainsFile))
            throw new ConfigurationException($"{SettingNames.BrainsFile} is set while {SettingNames.Auth} is basic, which in this build has one secret and hence one brain; use {SettingNames.Roots}.");

        CheckProtected(settings, "basic", "the secret");
    }

    private static void CheckOAuth(ServerSettings settings, Predicate<string> isSet)
    {
        if (isSet(SettingNames.BasicSecret) || isSet(SettingNames.BasicSecretFile))
            throw new ConfigurationException($"{SettingNames.BasicSecret} is set while {SettingNames.Auth} is oauth, which takes tokens and no secret; remove it.");

        if (settings.UnknownNames.FirstOrDefault(name => name.StartsWith(SettingNames.OAuthPrefix, StringComparison.OrdinalIgnoreCase)) is { } unknown)
            throw new ConfigurationException($"{unknown} is not known to this build; correct its spelling, or remove it.");

        CheckProtected(settings, "oauth", "tokens");
    }

    private static string? OAuthSetting(Predicate<string> isSet) =>
        SettingNames.OAuthOnly.Order(StringComparer.Ordinal).FirstOrDefault(name => isSet(name)) ?? (isSet(SettingNames.OAuthPrefix) ? SettingNames.OAuthPrefix + "*" : null);

    /// <summary>Off loopback, what proves who calls travels over TLS, here or up to a terminator that is named.</summary>
    private static void CheckProtected(ServerSettings settings, string mode, string credentials)
    {
        if (settings.AllowInsecure is not null)
            throw new ConfigurationException($"{SettingNames.AllowInsecure} is set while {SettingNames.Auth} is {mode}, where it has no meaning; remove it.");

        var offLoopback = settings.Listen.FirstOrDefault(listen => !listen.IsLoopback);
        if (settings.PublicUrl is { IsLoopback: false } url && url.Scheme != Uri.UriSchemeHttps)
            throw new ConfigurationException($"{SettingNames.PublicUrl} is {url.AbsoluteUri}; off loopback {credentials} may only travel over TLS, so it must start with https://");

        if (settings is { PublicUrl.IsLoopback: false, TrustedProxies.Length: 0 } && !settings.Listen.Any(listen => listen.IsHttps))
            throw new ConfigurationException($"{SettingNames.PublicUrl} is {settings.PublicUrl.AbsoluteUri}, but nothing here speaks TLS; use --urls https://… with {SettingNames.TlsCert} and {SettingNames.TlsKey}, or name the TLS terminator in {SettingNames.TrustedProxies}.");

        if (offLoopback is null)
            return;

        if (settings.PublicUrl is null)
            throw new ConfigurationException($"--urls holds {offLoopback.Url}, which others can reach; set {SettingNames.PublicUrl} to the https URL that they use.");

        if (!offLoopback.IsHttps && settings.TrustedProxies.Length == 0)
            throw new ConfigurationException($"--urls holds {offLoopback.Url}, where {credentials} would travel in clear text; use https:// with {SettingNames.TlsCert} and {SettingNames.TlsKey}, or name the TLS terminator in {SettingNames.TrustedProxies}.");
    }
}
