using System.Collections.Immutable;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>All commands of the machine's user, as they are called.</summary>
internal static class CommandTable
{
    /// <summary>The option that names the file with the key of backups.</summary>
    public const string KeyFile = "--key-file";

    /// <summary>Says how the server is.</summary>
    public static readonly CommandSyntax Status = new("status", "", "the owner, clients, grants and keys in numbers");

    /// <summary>Makes a link for the first owner.</summary>
    public static readonly CommandSyntax OwnerSetupLink = new("owner setup-link", "", "a link with which you become the owner, while there is none");

    /// <summary>Takes password, passkeys and sessions away.</summary>
    public static readonly CommandSyntax OwnerReset = new("owner reset", "[--keep-grants]", "ends all sessions and grants, and makes a link for a new password")
    {
        Flags = ["--keep-grants", "--revoke-grants"],
        Questions = [new("Shall all clients lose their access as well?", "--keep-grants", AddsFlagOn: false, Unless: "--revoke-grants")],
    };

    /// <summary>Lists clients.</summary>
    public static readonly CommandSyntax ClientsList = new("clients list", "", "the clients that are known");

    /// <summary>Adds a client.</summary>
    public static readonly CommandSyntax ClientsAdd = new(
        "clients add",
        "--name N (--redirect-uri U... | --client-credentials [--brain B...] [--scope S...] [--allow-admin]) [--auth none|client_secret_basic|private_key_jwt --jwks FILE]",
        "add a client; one with --client-credentials acts by itself")
    {
        Values = ["--name", "--auth", "--jwks"],
        Lists = ["--redirect-uri", "--brain", "--scope"],
        Flags = ["--client-credentials", "--allow-admin"],
        ReadFiles = [("--jwks", false)],
    };

    /// <summary>Gives a client a new secret.</summary>
    public static readonly CommandSyntax ClientsRotateSecret = new("clients rotate-secret", "ID [--now]", "a new secret; with --now the last one is dead at once") { Operand = "ID", Flags = ["--now"] };

    /// <summary>Removes a client.</summary>
    public static readonly CommandSyntax ClientsRemove = new("clients remove", "ID", "remove a client and revoke what it has") { Operand = "ID" };

    /// <summary>Lists grants.</summary>
    public static readonly CommandSyntax GrantsList = new("grants list", "", "what clients may do, and since when");

    /// <summary>Revokes grants.</summary>
    public static readonly CommandSyntax GrantsRevoke = new("grants revoke", "(ID | --all)", "take access back, at once") { Operand = "ID", IsOperandOptional = true, Flags = ["--all"] };

    /// <summary>Lists signing keys.</summary>
    public static readonly CommandSyntax KeysList = new("keys list", "", "the keys that sign access tokens");

    /// <summary>Makes the next signing key.</summary>
    public static readonly CommandSyntax KeysRotate = new("keys rotate", "", "a new key, which signs as soon as all can know it");

    /// <summary>Withdraws a stolen key.</summary>
    public static readonly CommandSyntax KeysCompromise = new("keys compromise", "KID", "withdraw a key that was stolen, and what came of it") { Operand = "KID" };

    /// <summary>Makes a backup.</summary>
    public static readonly CommandSyntax Backup = new("backup", "--out FILE [--key-file KEY]", "everything in one encrypted file, also while the server runs")
    {
        Values = ["--out", KeyFile],
        NewFile = "--out",
        ReadFiles = [(KeyFile, true)],
        FromSettings = [(KeyFile, SettingNames.BackupKeyFile)],
        Time = TimeSpan.FromHours(4),
    };

    /// <summary>Restores a backup.</summary>
    public static readonly CommandSyntax Restore = new("restore", "--in FILE --key-file KEY [--replace]", "put a backup back, while no server runs; ends all that was given out")
    {
        Values = ["--in", KeyFile],
        Flags = ["--replace"],
        ReadFiles = [(KeyFile, true)],
        FromSettings = [(KeyFile, SettingNames.BackupKeyFile)],
        IsOffline = true,
    };

    /// <summary>All of them, in the order of the help text.</summary>
    public static ImmutableArray<CommandSyntax> All { get; } =
    [
        Status, OwnerSetupLink, OwnerReset, ClientsList, ClientsAdd, ClientsRotateSecret, ClientsRemove, GrantsList, GrantsRevoke, KeysList, KeysRotate,
        KeysCompromise, Backup, Restore,
    ];

    /// <summary>Do these arguments begin like one of the commands? Then nothing else is meant, however wrong the rest is.</summary>
    public static bool IsMeant(IReadOnlyList<string> args) => args.Count > 0 && All.Any(syntax => syntax.Name.Split(' ')[0] == args[0]);

    /// <summary>Finds the command that arguments begin with.</summary>
    /// <returns>How it is called, and what follows its name; <c>null</c> when there is none of that name.</returns>
    public static (CommandSyntax Syntax, ImmutableArray<string> Arguments)? Find(IReadOnlyList<string> args)
    {
        foreach (var syntax in All)
        {
            var words = syntax.Name.Split(' ');
            if (args.Take(words.Length).SequenceEqual(words, StringComparer.Ordinal))
                return (syntax, [.. args.Skip(words.Length)]);
        }

        return null;
    }
}
