using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>
/// The server without a port, for a command while no server runs: the same services on the same data directory, whose lock it takes.
/// </summary>
internal static class OfflineHost
{
    /// <summary>Builds it.</summary>
    /// <param name="args">Settings from the command line.</param>
    /// <param name="configuration">These and the environment.</param>
    /// <exception cref="ConfigurationException">A setting is wrong, or a server has the data directory and does not listen.</exception>
    public static WebApplication Create(string[] args, IConfiguration configuration) =>
        AgentBrainHost.Create([.. args, .. Missing(configuration)], static _ => { }, QuietLogging);

    /// <summary>What the command answers goes to standard output, and nothing else does.</summary>
    private static void QuietLogging(WebApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>
    /// A shell seldom has what the service is started with. What is not said is taken from the state, or as it does no harm where no port
    /// opens and nothing is indexed.
    /// </summary>
    private static IEnumerable<string> Missing(IConfiguration configuration)
    {
        if (!IsSet(SettingNames.Roots) && !IsSet(SettingNames.BrainsFile))
            yield return $"--{SettingNames.Roots}={AppContext.BaseDirectory}";

        if (IsSet(SettingNames.Auth))
            yield break;

        yield return $"--{SettingNames.Auth}=oauth";
        if (IsSet(SettingNames.PublicUrl) || StoredState.Read(SettingsReader.DataPath(configuration)) is not { Issuer: { } issuer })
            yield break;

        yield return $"--{SettingNames.PublicUrl}={issuer}";
        if (!IsSet(SettingNames.TrustedProxies) && !IsSet(SettingNames.TlsCert))
            yield return $"--{SettingNames.TrustedProxies}=127.0.0.1/32";

        bool IsSet(string name) => !string.IsNullOrWhiteSpace(configuration[name]);
    }
}
