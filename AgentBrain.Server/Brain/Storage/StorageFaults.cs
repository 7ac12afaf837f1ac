using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>Turns SQLite's result codes into refusals that name the fix.</summary>
internal static class StorageFaults
{
    /// <summary>The reason code of a full disk.</summary>
    public const string DiskFull = "disk_full";

    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>The refusal that a failed statement means for the caller.</summary>
    public static BrainException ToBrainException(this SqliteException error) => error.SqliteErrorCode switch
    {
        Full => new BrainException(
            BrainFault.Storage,
            DiskFull,
            "There is no room left for the index: free space on the disk of AGENT_BRAIN_DATA (or raise AGENT_BRAIN_MAX_INDEX_BYTES) and index again; files that were finished are kept.",
            error),
        Corrupt or NotADatabase => new BrainException(
            BrainFault.Storage,
            "database_corrupt",
            "The index file is damaged: stop the server, move the brain's index.db and the files beside it (index.db-wal, index.db-shm) away, or restore them from a backup, start again and index the folders anew.",
            error),
        IoError or CannotOpen => new BrainException(
            BrainFault.Storage,
            "storage_unavailable",
            "The index file cannot be read or written: check the disk and the permissions of AGENT_BRAIN_DATA.",
            error),
        _ => new BrainException(BrainFault.Storage, "storage_failed", "The index could not carry out the request; the server's log has the details.", error),
    };
}
