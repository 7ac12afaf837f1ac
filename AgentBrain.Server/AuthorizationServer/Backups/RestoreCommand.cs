using System.Text.Json.Nodes;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary><c>restore</c>: runs in the caller's process, which takes the data directory's lock, and never in a server.</summary>
internal static class RestoreCommand
{
    /// <summary>Restores.</summary>
    /// <param name="arguments">What the command was given.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it while nothing was changed.</param>
    /// <exception cref="ConfigurationException">A server has the data directory, or an argument is missing.</exception>
    /// <exception cref="CommandException">It cannot be restored; nothing was changed.</exception>
    public static async Task<ControlReply> RunAsync(CommandArguments arguments, string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = arguments.Require("--in");
        var key = BackupKey.Parse(arguments.Require(CommandTable.KeyFile));
        using var data = DataDirectory.Open(dataDirectory);
        try
        {
            await using var archive = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Tell(await new Restorer(data.FullPath, time).RestoreAsync(archive, key, arguments.Has("--replace"), cancellationToken), file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The backup could not be restored ({exception.Message.TrimEnd('.')}); mend that and do it again. The state is as it was, unless the restore was complete already; status tells.", exception);
        }
    }

    private static ControlReply Tell(RestoreOutcome outcome, string file) => new()
    {
        ExitCode = 0,
        Lines =
        [
            $"Restored {file}, made at {outcome.Backup.MadeAt:yyyy-MM-dd HH:mm:ss} UTC for {outcome.Backup.Issuer}.",
            $"The epoch is {outcome.Epoch} now. All grants ({outcome.Grants}), tokens, sessions and links of before are ended, and new keys will sign: clients have to be approved again.",
            .. outcome.Clients.Select(static client => $"The client {Authorization.LogText.Safe(client)} acts by itself and needs a new secret (clients rotate-secret), or to be removed and added again with its keys."),
            "The owner's password and passkeys are those of the backup; if one was changed since because somebody else had it, run: owner reset",
        ],
        Data = new JsonObject
        {
            ["madeAt"] = outcome.Backup.MadeAt.ToString("O"),
            ["issuer"] = outcome.Backup.Issuer,
            ["epoch"] = outcome.Epoch,
            ["grantsEnded"] = outcome.Grants,
            ["clientsWithoutCredentials"] = new JsonArray([.. outcome.Clients.Select(static client => JsonValue.Create(client))]),
        },
    };
}
