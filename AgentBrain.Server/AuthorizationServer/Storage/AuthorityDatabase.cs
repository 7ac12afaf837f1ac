using AgentBrain.Server.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>Opens the database file at the start: its user's alone, sound, and brought into the form that this program has. That it is not a later program's was seen before (<see cref="State.StateCheck"/>).</summary>
internal static class AuthorityDatabase
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the file, or brings it to the present form.</summary>
    /// <param name="context">A context of it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigurationException">It is damaged, or cannot be opened.</exception>
    public static void Open(AuthorityContext context, string path)
    {
        try
        {
            Close(path);

            // What looks whether there is a database opens it to read alone, and could not make a new file what the pragmas say.
            context.Database.OpenConnection();
            if (context.Database.SqlQueryRaw<string>("PRAGMA quick_check(1)").AsEnumerable().First() != "ok")
                throw Damaged(path);

            // A process that was killed while it did this leaves the mark that keeps others away, for ever. There are no others: the data
            // directory is locked.
            context.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS __EFMigrationsLock");
            context.Database.Migrate();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw Damaged(path, exception);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be opened or brought to the present form ({exception.Message.TrimEnd('.')}); check its disk and whose file it is.", exception);
        }
    }

    private static ConfigurationException Damaged(string path, Exception? cause = null) =>
        new($"{path} is damaged; restore a backup, or move it and the files beside it (-wal, -shm) away to begin anew, without owner, clients and grants.", cause);

    /// <summary>Its files are its user's alone, whatever the mask of the process is; SQLite gives those beside it the mode of the first.</summary>
    private static void Close(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using (File.Open(path, options))
        {
        }

        if (OperatingSystem.IsWindows())
            return;

        foreach (var file in new[] { path, path + "-wal", path + "-shm" }.Where(File.Exists))
            File.SetUnixFileMode(file, OwnerOnly);
    }
}
