using AgentBrain.OAuth.Replay;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>Says at the start what the operator should know, and says every hour that the server is open to everybody, if it is.</summary>
internal sealed partial class StartNotices(ServerSettings settings, TimeProvider time, ILogger<StartNotices> logger, RedisConnection? redis = null) : BackgroundService
{
    private static readonly TimeSpan NagInterval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var name in settings.UnknownNames)
            LogUnknownSetting(Authorization.LogText.Safe(name));

        TellProofs();
        if (settings.AllowInsecure is not { } address)
            return;

        LogInsecure(SettingNames.AllowInsecure, address.ToString());
        using var timer = new PeriodicTimer(NagInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            LogInsecure(SettingNames.AllowInsecure, address.ToString());
    }

    /// <summary>How many proofs can be remembered is how many calls can be made with them; past it they are refused, so it should be known.</summary>
    private void TellProofs()
    {
        if (settings.OAuth is not { } oauth)
            return;

        if (redis is null)
        {
            var capacity = ReplayCapacity.ForEntries(oauth.Proofs, oauth.Proofs.Capacity, ReplayCapacity.BytesInMemory);
            LogCapacity(capacity.Entries, capacity.Window.TotalSeconds, (long)capacity.ProofsPerSecond, capacity.Bytes / 1_000_000);
        }
        else if (!redis.IsProtected)
        {
            LogUnprotected(redis.Description);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "DPoP proofs are remembered in this process: {Entries} for {Seconds} s, so {Rate} calls with a proof a second in the long run, in {Megabytes} MB at most.")]
    private partial void LogCapacity(long entries, double seconds, long rate, long megabytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Redis} is reached over the network without TLS: whoever is on the way can forget proofs for it; use ssl=true.")]
    private partial void LogUnprotected(string redis);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The setting {Name} is not known; is it misspelled?")]
    private partial void LogUnknownSetting(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting} lets everybody who reaches {Address} read, change and delete this brain, without being asked who they are.")]
    private partial void LogInsecure(string setting, string address);
}
