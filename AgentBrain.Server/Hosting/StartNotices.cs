using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>Says at the start what the operator should know, and says every hour that the server is open to everybody, if it is.</summary>
internal sealed partial class StartNotices(ServerSettings settings, TimeProvider time, ILogger<StartNotices> logger) : BackgroundService
{
    private static readonly TimeSpan NagInterval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var name in settings.UnknownNames)
            LogUnknownSetting(Authorization.LogText.Safe(name));

        if (settings.AllowInsecure is not { } address)
            return;

        LogInsecure(SettingNames.AllowInsecure, address.ToString());
        using var timer = new PeriodicTimer(NagInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            LogInsecure(SettingNames.AllowInsecure, address.ToString());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The setting {Name} is not known; is it misspelled?")]
    private partial void LogUnknownSetting(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting} lets everybody who reaches {Address} read, change and delete this brain, without being asked who they are.")]
    private partial void LogInsecure(string setting, string address);
}
