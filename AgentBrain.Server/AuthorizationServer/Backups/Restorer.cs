using System.Globalization;
using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>
/// Restores a backup into a data directory that no server has. All of it is read, found authentic and prepared beside the state before
/// the state is touched. What the backup's state had given out is ended, and whatever ended since it was made stays ended (SR-16).
/// </summary>
/// <param name="dataDirectory">The data directory, whose lock is held.</param>
/// <param name="time">The clock.</param>
internal sealed class Restorer(string dataDirectory, TimeProvider time)
{
    private readonly StateSwap _swap = new(dataDirectory);

    /// <summary>Restores a backup.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="key">Its key.</param>
    /// <param name="mayReplace">May a state that is there be replaced?</param>
    /// <param name="cancellationToken">Ends it while nothing was changed.</param>
    /// <exception cref="CommandException">It cannot be restored; nothing was changed.</exception>
    public async Task<RestoreOutcome> RestoreAsync(Stream archive, byte[] key, bool mayReplace, CancellationToken cancellationToken)
    {
        _swap.Finish();
        if (!mayReplace && StateFiles.TopLevel.Any(name => File.Exists(In(name)) || Directory.Exists(In(name))))
            throw new CommandException($"{SettingNames.Data} is {dataDirectory}, which has a state already; name an empty directory, or replace it with --replace.");

        var staging = _swap.Begin();
        try
        {
            var manifest = Extract(archive, key, staging, cancellationToken);
            var outcome = await PrepareAsync(staging, manifest);
            Flush(staging);
            cancellationToken.ThrowIfCancellationRequested();
            _swap.Commit();
            return outcome;
        }
        catch
        {
            // Past the journal this goes on with the restore; before it this forgets it.
            _swap.Finish();
            throw;
        }
    }

    private static BackupManifest Extract(Stream archive, byte[] key, string staging, CancellationToken cancellationToken)
    {
        using var reader = new ArchiveReader(archive, key);
        var manifest = ReadManifest(reader, cancellationToken);
        foreach (var expected in manifest.Files)
        {
            // Names come from an authentic archive, and are held against a list all the same.
            if (reader.Next() is not var (name, length) || name != expected || !StateFiles.IsForeseen(name))
                throw Unfit();

            var path = Path.Combine(staging, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = BackupMaker.Create(path);
            reader.CopyTo(file, length, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        return reader.Next() is null ? manifest : throw Unfit();
    }

    private static BackupManifest ReadManifest(ArchiveReader reader, CancellationToken cancellationToken)
    {
        if (reader.Next() is not (BackupManifest.EntryName, <= BackupManifest.MaxLength and var length))
            throw Unfit();

        using var text = new MemoryStream();
        reader.CopyTo(text, length, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(text.ToArray(), BackupJson.Default.BackupManifest) is { } manifest && manifest.Files.Contains(AuthorizationServerServices.DatabaseFile, StringComparer.Ordinal)
                ? manifest
                : throw Unfit();
        }
        catch (JsonException)
        {
            throw Unfit();
        }
    }

    private async Task<RestoreOutcome> PrepareAsync(string staging, BackupManifest manifest)
    {
        var file = Path.Combine(staging, AuthorizationServerServices.DatabaseFile);
        try
        {
            var epoch = Math.Max(StoredState.ReadDatabase(file).Epoch, Math.Max(manifest.Epoch, EpochBefore())) + 1;
            await using var context = DetachedAuthority.Open(file);
            if (StoredState.ReadDatabase(file).Migrations.Except(context.Database.GetMigrations(), StringComparer.Ordinal).FirstOrDefault() is { } newer)
                throw new CommandException($"The backup was made by a newer version of this program ({LogSafe(manifest.Program)}, {newer}); use that version. Nothing was changed.");

            await context.Database.MigrateAsync();
            return await EndAsync(context, manifest, epoch, staging);
        }
        catch (SqliteException exception)
        {
            throw new CommandException($"The database in the backup cannot be used ({exception.Message.TrimEnd('.')}); take another backup. Nothing was changed.", exception);
        }
    }

    private async Task<RestoreOutcome> EndAsync(Storage.AuthorityContext context, BackupManifest manifest, long epoch, string staging)
    {
        await using var transaction = await context.Database.BeginTransactionAsync();
        var grants = await StateReset.EndAllAsync(context, ActivityKinds.Restored, time.GetUtcNow());
        var clients = await StateReset.EndCredentialsAsync(context);
        await StateReset.EndKeysAsync(context);
        await StateReset.SetAsync(context, StateNames.Epoch, epoch.ToString(CultureInfo.InvariantCulture));
        new ActivityLog(time).Add(context, ActivityKinds.Restored, new ActivitySubject(Detail: $"from a backup of {manifest.MadeAt:yyyy-MM-dd HH:mm:ss} UTC; epoch {manifest.Epoch} became {epoch}; {grants} grants ended"));
        var hasOwner = await context.Users.AnyAsync();
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
        if (hasOwner)
            OwnerMarker.Set(staging);

        return new RestoreOutcome(manifest, epoch, grants, clients);
    }

    /// <summary>The epoch of the state that is replaced, if it can still be read: it may be damaged, which is why one restores.</summary>
    private long EpochBefore()
    {
        try
        {
            return StoredState.Read(dataDirectory)?.Epoch ?? 0;
        }
        catch (ConfigurationException)
        {
            return 0;
        }
    }

    private static void Flush(string staging)
    {
        // Closing the database moved its log into it.
        foreach (var path in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }

        foreach (var folder in Directory.EnumerateDirectories(staging, "*", SearchOption.AllDirectories).Append(staging))
            DirectorySync.Flush(folder);
    }

    private string In(string name) => Path.Combine(dataDirectory, name);

    private static string LogSafe(string text) => Authorization.LogText.Safe(text);

    private static CommandException Unfit() => new("The backup holds what this version of the program does not know; use the version that made it. Nothing was changed.");
}

/// <summary>What a restore did.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Epoch">The new epoch.</param>
/// <param name="Grants">How many grants were ended.</param>
/// <param name="Clients">Clients that act by themselves, and need new credentials.</param>
internal sealed record RestoreOutcome(BackupManifest Backup, long Epoch, int Grants, IReadOnlyList<string> Clients);
