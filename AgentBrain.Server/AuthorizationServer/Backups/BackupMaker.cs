using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// Makes a backup while the server runs. Each database is copied as it is at one moment, by SQLite itself. From the copy of the
/// authorization server's what a restore would end is taken out at once: no key, token, session or link is in a backup.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="settings">The settings.</param>
/// <param name="facts">The epoch.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupMaker(DataDirectory data, AuthorizationServerSettings settings, StateFacts facts, TimeProvider time)
{
    /// <summary>How the names of files begin that are only there while a backup is made.</summary>
    public const string TemporaryPrefix = ".backup-in-making-";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a backup.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    /// <returns>The name of the archive in the data directory, which the caller takes away.</returns>
    public string Make(byte[] key, CancellationToken cancellationToken)
    {
        RemoveLeftovers(data.FullPath);
        var name = $"{TemporaryPrefix}{Guid.NewGuid():N}";
        var archive = Path.Combine(data.FullPath, name);
        try
        {
            using var file = Create(archive);
            Write(file, archive + ".db", key, cancellationToken);
            file.Flush(flushToDisk: true);
            return name;
        }
        catch
        {
            File.Delete(archive);
            throw;
        }
    }

    /// <summary>Removes what a backup that was killed left behind.</summary>
    public static void RemoveLeftovers(string dataDirectory)
    {
        foreach (var path in Directory.EnumerateFiles(dataDirectory, TemporaryPrefix + "*"))
            File.Delete(path);
    }

    private void Write(FileStream file, string copy, byte[] key, CancellationToken cancellationToken)
    {
        using var archive = new ArchiveWriter(file, key);
        var names = Path.Combine(data.FullPath, StateFiles.BrainNames);
        string[] databases = [.. StateFiles.Databases(data.FullPath)];
        string[] files = File.Exists(names) ? [StateFiles.BrainNames, .. databases] : databases;
        archive.Add(BackupManifest.EntryName, JsonSerializer.SerializeToUtf8Bytes(
            new BackupManifest(ProgramVersion.Text, time.GetUtcNow(), settings.Issuer, facts.Epoch, [.. files]), BackupJson.Default.BackupManifest));
        if (files.Length > databases.Length)
            archive.Add(StateFiles.BrainNames, File.ReadAllBytes(names));

        foreach (var database in databases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                DetachedAuthority.Copy(Path.Combine(data.FullPath, database), copy);
                if (database == AuthorizationServerServices.DatabaseFile)
                    Strip(copy);

                archive.AddFile(database, copy, cancellationToken);
            }
            finally
            {
                File.Delete(copy);
            }
        }

        archive.Finish();
    }

    private static void Strip(string copy)
    {
        using (var context = DetachedAuthority.Open(copy))
        {
            using var transaction = context.Database.BeginTransaction();
            StateReset.DeleteSecretsAsync(context).GetAwaiter().GetResult();
            StateReset.EndKeysAsync(context).GetAwaiter().GetResult();
            transaction.Commit();
        }

        // What was deleted is overwritten, and now not even its pages remain.
        DetachedAuthority.Execute(copy, "VACUUM");
    }

    /// <summary>Makes a file that is its user's alone from its first byte on.</summary>
    internal static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        return new FileStream(path, options);
    }
}
