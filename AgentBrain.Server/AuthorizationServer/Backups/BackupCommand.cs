using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary><c>backup</c>: makes an archive in the data directory, which the caller's side takes to where it was asked for.</summary>
/// <param name="maker">Makes it.</param>
/// <param name="settings">The settings.</param>
/// <param name="store">The database.</param>
/// <param name="activities">What happened.</param>
internal sealed class BackupCommand(BackupMaker maker, AuthorizationServerSettings settings, AuthorityStore store, ActivityLog activities) : IControlCommand
{
    /// <inheritdoc/>
    public CommandSyntax Syntax => CommandTable.Backup;

    /// <inheritdoc/>
    public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
    {
        var text = arguments.Value(CommandTable.KeyFile)
            ?? (settings.BackupKeyFile is { } path ? SecretFile.Read(SettingNames.BackupKeyFile, path) : null);
        var key = text is null ? BackupKey.Create() : BackupKey.Parse(text);

        // Written before, so that a backup knows of itself.
        await store.WriteAsync(context =>
        {
            activities.Add(context, ActivityKinds.BackedUp, new ActivitySubject());
            return Task.CompletedTask;
        }, cancellationToken);
        var name = await Task.Run(() => maker.Make(key, cancellationToken), cancellationToken);
        var data = new JsonObject { ["key"] = text is null ? BackupKey.Write(key) : null };
        return new CommandOutcome(
            text is null
                ? [$"key  {BackupKey.Write(key)}", "The key is kept nowhere: without it nobody can read the backup, and with it anybody can. Keep it elsewhere than the backup."]
                : [],
            data)
        { File = name };
    }
}
