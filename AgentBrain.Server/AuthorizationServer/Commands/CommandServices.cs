using AgentBrain.Server.AuthorizationServer.Backups;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>The commands of the machine's user, and the socket that they come by.</summary>
internal static class CommandServices
{
    /// <summary>Adds them.</summary>
    public static void AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<CommandRunner>();
        services.AddHostedService<ControlServer>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<IControlCommand, StatusCommand>();
        services.AddSingleton<IControlCommand, BackupCommand>();
        services.AddSingleton<IControlCommand, OwnerSetupLink>().AddSingleton<IControlCommand, OwnerResetCommand>();
        services.AddSingleton<IControlCommand, ClientsList>().AddSingleton<IControlCommand, ClientsAdd>();
        services.AddSingleton<IControlCommand, ClientsRotateSecret>().AddSingleton<IControlCommand, ClientsRemove>();
        services.AddSingleton<IControlCommand, GrantsList>().AddSingleton<IControlCommand, GrantsRevoke>();
        services.AddSingleton<IControlCommand, KeysList>().AddSingleton<IControlCommand, KeysRotate>().AddSingleton<IControlCommand, KeysCompromise>();
    }
}
