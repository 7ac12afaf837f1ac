using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>Turns SQLite's result codes into refusals that name the fix.</summary>
internal static class StorageFaults
{
    /// <summary>The reason code of a full disk.</summary>
    public const string DiskFull = "disk_full";

    private const int General = 1;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;
    private const int Constraint = 19;
    private const int Mismatch = 20;

    /// <summary>
    /// The refusal of a file whose content is not what was written: SQLite found it so, or a value in it cannot be (<see cref="StoredRow"/>).
    /// </summary>
    public static BrainException Damaged(Exception? cause = null) => new(
        BrainFault.Storage,
        "database_corrupt",
        "The index file is damaged: stop the server, move the brain's index.db and the files beside it (index.db-wal, index.db-shm) away, or restore them from a backup, start again and index the folders anew.",
        cause);

    /// <summary>
    /// As <see cref="ToBrainException(SqliteException)"/>. SQLite's general error is a defect of a statement, or damage to the names and the
    /// settings of the tables: whether the tables can be asked at all tells the one from the other.
    /// </summary>
    public static BrainException ToBrainException(this SqliteException error, SqliteSession? session) =>
        error.SqliteErrorCode == General && session is not null && !Schema.IsSound(session) ? Damaged(error) : error.ToBrainException();

    /// <summary>The refusal that a failed statement means for the caller.</summary>
    public static BrainException ToBrainException(this SqliteException error) => error.SqliteErrorCode switch
    {
        Full => new BrainException(
            BrainFault.Storage,
            DiskFull,
            "There is no room left for the index: free space on the disk of AGENT_BRAIN_DATA (or raise AGENT_BRAIN_MAX_INDEX_BYTES) and index again; files that were finished are kept.",
            error),
        Corrupt or NotADatabase => Damaged(error),

        // No statement breaks a constraint of the rows that this program wrote: those that it finds broken are not what it wrote.
        Constraint or Mismatch => Damaged(error),
        IoError or CannotOpen => new BrainException(
            BrainFault.Storage,
            "storage_unavailable",
            "The index file cannot be read or written: check the disk and the permissions of AGENT_BRAIN_DATA.",
            error),
        _ => new BrainException(BrainFault.Storage, "storage_failed", "The index could not carry out the request; the server's log has the details.", error),
    };
}
