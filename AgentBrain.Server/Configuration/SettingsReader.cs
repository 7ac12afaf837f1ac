using System.Collections.Immutable;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.Configuration;

/// <summary>Reads <see cref="ServerSettings"/> from configuration and judges them.</summary>
internal static class SettingsReader
{
    /// <summary>The path that <c>AGENT_BRAIN_DATA</c> names, or the default. Read first, since the roots are judged against it.</summary>
    public static string DataPath(IConfiguration configuration) => new SettingValues(configuration).Text(SettingNames.Data) ?? DataDirectory.DefaultPath();

    /// <summary>Reads all settings.</summary>
    /// <param name="configuration">Environment and command line.</param>
    /// <param name="dataDirectory">The real path of the data directory.</param>
    /// <param name="currentDirectory">What relative roots are relative to.</param>
    /// <exception cref="ConfigurationException">The first thing that is wrong, in one sentence.</exception>
    public static ServerSettings Read(IConfiguration configuration, string dataDirectory, string currentDirectory)
    {
        var values = new SettingValues(configuration);
        var mode = values.Mode();
        if (SettingNames.Reserved.FirstOrDefault(name => IsSet(configuration, name)) is { } reserved)
            throw new ConfigurationException($"{reserved} is set, and this build does not have the part that it belongs to; remove it, or use a build that has it.");

        var path = values.Text(SettingNames.BrainsFile) is { } named && mode == AuthMode.OAuth ? Path.GetFullPath(named, currentDirectory) : null;
        var file = path is null ? null : BrainsFile.Read(path);
        if (file is not null && values.Text(SettingNames.Roots) is not null)
            throw new ConfigurationException($"{SettingNames.Roots} and {SettingNames.BrainsFile} are both set; the roots of each brain stand in the file, so remove the first.");

        var limits = ReadBrainLimits(values);
        var listen = ListenAddress.Read(configuration);
        var url = values.PublicUrl() ?? (mode == AuthMode.OAuth ? OwnUrl(values, listen) : null);
        var server = mode == AuthMode.OAuth && url is not null ? AuthorizationServerReader.Read(values, file, url.AbsoluteUri.TrimEnd('/')) : null;
        var settings = new ServerSettings
        {
            Mode = mode,
            PublicUrl = url,
            Listen = listen,
            Brains = file is not null
                ? BrainsReader.Read(file, limits, Path.GetDirectoryName(path)!, dataDirectory)
                : [new BrainDefinition(BrainDefinition.DefaultName, RootResolver.Resolve(values.Text(SettingNames.Roots), currentDirectory, dataDirectory), limits) { HasNamedRoots = values.Text(SettingNames.Roots) is not null }],
            AuthorizationServer = server,
            OAuth = mode == AuthMode.OAuth ? OAuthReader.Read(values, file, RedisSource.Read(configuration), server) : null,
            BasicSecrets = mode == AuthMode.Basic ? BasicSecretSource.Read(configuration) : [],
            AllowInsecure = values.AllowInsecure(),
            AllowedOrigins = values.AllowedOrigins(),
            Tls = values.Tls(),
            TrustedProxies = values.TrustedProxies(),
            Limits = ReadRequestLimits(values),
            MaxIndexBytes = values.Number(SettingNames.MaxIndexBytes, 0, 0, long.MaxValue),
            SecretFiles = SecretFiles(values, file, path),
            UnknownNames = FindUnknown(configuration),
        };
        ModeRules.Check(settings, name => IsSet(configuration, name));
        return settings;
    }

    /// <summary>
    /// Where the server is its own authorization server and only this machine can reach it, its first address is its name. Whoever
    /// takes tokens from elsewhere must say what those name it.
    /// </summary>
    private static Uri OwnUrl(SettingValues values, ImmutableArray<ListenAddress> listen) =>
        values.Text(SettingNames.OAuthIssuer) is null && listen[0] is { IsLoopback: true, Port: not 0 } first
            ? new Uri(first.Url)
            // Tokens name the resource by this URL, so it is never guessed from a request.
            : throw new ConfigurationException($"{SettingNames.Auth} is oauth, and {SettingNames.PublicUrl} is not set; set it to the URL that clients use, for example https://brain.example.com or http://127.0.0.1:8765");

    /// <summary>What holds secrets, or says who may do what, is never indexed.</summary>
    private static ImmutableArray<string> SecretFiles(SettingValues values, BrainsFile? file, string? path) =>
    [
        .. new[] { SettingNames.BasicSecretFile, SettingNames.TlsKey, SettingNames.OAuthIntrospectionClientSecretFile, SettingNames.RedisFile, SettingNames.OwnerPasswordFile, SettingNames.KekFile, SettingNames.BackupKeyFile }.Select(values.Text)
            .Concat((file?.Issuers ?? []).Select(issuer => issuer.Introspection?.ClientSecretFile))
            .Append(path)
            .OfType<string>().Where(File.Exists).Select(name => RealPath.Of(Path.GetFullPath(name))),
    ];

    private static BrainLimits ReadBrainLimits(SettingValues values)
    {
        var defaults = new BrainLimits();
        return defaults with
        {
            MaxFileBytes = values.Number(SettingNames.MaxFileBytes, defaults.MaxFileBytes, 1, 1L << 30),
            MaxFilesPerFolder = (int)values.Number(SettingNames.MaxFilesPerFolder, defaults.MaxFilesPerFolder, 1, 10_000_000),
            MaxChunks = (int)values.Number(SettingNames.MaxChunks, defaults.MaxChunks, 1, 100_000_000),
            MaxQueuedJobs = (int)values.Number(SettingNames.MaxQueuedJobs, defaults.MaxQueuedJobs, 1, 10_000),
            JobTimeout = TimeSpan.FromSeconds(values.Number(SettingNames.JobTimeoutSeconds, (long)defaults.JobTimeout.TotalSeconds, 1, 7 * 24 * 3600)),
        };
    }

    private static RequestLimits ReadRequestLimits(SettingValues values)
    {
        var defaults = new RequestLimits();
        return defaults with
        {
            RatePerAddress = (int)values.Number(SettingNames.RatePerAddress, defaults.RatePerAddress, 0, 1_000_000),
            RatePerPrincipal = (int)values.Number(SettingNames.RatePerPrincipal, defaults.RatePerPrincipal, 0, 1_000_000),
        };
    }

    private static ImmutableArray<string> FindUnknown(IConfiguration configuration) =>
    [
        .. configuration.GetChildren().Select(child => child.Key)
            .Where(key => key.StartsWith(SettingNames.Prefix, StringComparison.OrdinalIgnoreCase) && !SettingNames.Known.Contains(key))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsSet(IConfiguration configuration, string name) => name.EndsWith('_')
        ? configuration.GetChildren().Any(child => child.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(child.Value))
        : !string.IsNullOrWhiteSpace(configuration[name]);
}
