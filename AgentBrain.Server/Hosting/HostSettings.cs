using AgentBrain.Server.AuthorizationServer.Backups;
using AgentBrain.Server.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentBrain.Server.Hosting;

/// <summary>Reads the settings and gives them, with the data directory, to the services.</summary>
internal static class HostSettings
{
    /// <summary>Settings that are a secret or may hold one.</summary>
    private static readonly string[] Secret =
        [SettingNames.BasicSecret, SettingNames.OAuthIntrospectionClientSecret, SettingNames.Redis, "ConnectionStrings:" + SettingNames.RedisConnectionName];

    /// <summary>Opens the data directory and judges all settings.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static (ServerSettings Settings, DataDirectory Data) Read(IConfiguration configuration)
    {
        var data = DataDirectory.Open(SettingsReader.DataPath(configuration));
        try
        {
            // A restore that was interrupted is finished or forgotten before anything of the state is looked at.
            new StateSwap(data.FullPath).Finish();
            BackupMaker.RemoveLeftovers(data.FullPath);
            var settings = SettingsReader.Read(configuration, data.FullPath, Directory.GetCurrentDirectory());

            // What was read is in the settings; child processes would inherit the variables, and anything may list the configuration.
            foreach (var name in Secret)
            {
                Environment.SetEnvironmentVariable(name.Replace(":", "__", StringComparison.Ordinal), null);
                configuration[name] = null;
            }

            return (settings, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Registers both; the container releases the directory at the end.</summary>
    public static void Register(IServiceCollection services, ServerSettings settings, DataDirectory data)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(settings);
        services.AddSingleton(_ => data);
    }

    /// <summary>Makes the container the owner of the directory's lock, whether or not anything asks for it.</summary>
    public static void Hold(IServiceProvider services) => services.GetRequiredService<DataDirectory>();
}
