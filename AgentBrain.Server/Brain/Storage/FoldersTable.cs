using System.Globalization;
using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The indexed folders. A file belongs to the innermost of them that contains it.</summary>
internal static class FoldersTable
{
    private const string Select =
        """
        SELECT id, root, path, settings, metadata, last_indexed,
            (SELECT count(*) FROM files WHERE folder_id = folders.id),
            (SELECT count(*) FROM chunks JOIN files ON files.id = chunks.file_id WHERE files.folder_id = folders.id)
        FROM folders
        """;

    /// <summary>All folders in path order, with their counts.</summary>
    public static List<FolderRecord> All(SqliteSession session) => session.Query(Select + " ORDER BY root, path", Map);

    /// <summary>Adds the folder or updates its settings; null metadata leaves what is there. Returns its row id.</summary>
    public static long Upsert(SqliteSession session, BrainPath path, FolderSettings settings, string? metadata) => session.Scalar<long>(
        """
        INSERT INTO folders(root, path, settings, metadata) VALUES($root, $path, $settings, $metadata)
        ON CONFLICT(root, path) DO UPDATE SET settings = excluded.settings, metadata = coalesce(excluded.metadata, folders.metadata)
        RETURNING id
        """,
        ("$root", path.Root),
        ("$path", path.Relative),
        ("$settings", settings.ToJson()),
        ("$metadata", metadata));

    /// <summary>Takes over the files below a folder that an outer folder held until now.</summary>
    public static void ClaimFiles(SqliteSession session, long folderId, BrainPath path) => session.Execute(
        """
        UPDATE files SET folder_id = $folder
        WHERE root = $root AND ($path = '' OR path = $path OR (path > $path || '/' AND path < $path || '0'))
            AND folder_id IN (
                SELECT id FROM folders WHERE root = $root AND id <> $folder
                    AND (path = '' OR $path = path OR ($path > path || '/' AND $path < path || '0')))
        """,
        ("$folder", folderId),
        ("$root", path.Root),
        ("$path", path.Relative));

    /// <summary>Notes that a job finished the folder.</summary>
    public static void MarkIndexed(SqliteSession session, long folderId, DateTimeOffset now) => session.Execute(
        "UPDATE folders SET last_indexed = $now WHERE id = $folder",
        ("$folder", folderId),
        ("$now", now.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>Deletes the folder's row; its files are gone already.</summary>
    public static void Delete(SqliteSession session, long folderId) => session.Execute("DELETE FROM folders WHERE id = $folder", ("$folder", folderId));

    private static FolderRecord Map(StoredRow row) => new(
        row.Number(0),
        row.Path(1, 2),
        row.Json(3, BrainJson.Default.FolderSettings, static settings => settings.IsPossible),
        row.OptionalScalars(4),
        row.OptionalTime(5),
        row.Count(6),
        row.Count(7));
}
