using System.Globalization;
using AgentBrain.Server.Brains.Indexing;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The files of the index with their chunks and terms, which come and go together.</summary>
internal static class FilesTable
{
    /// <summary>What the index holds of a folder, by path.</summary>
    public static Dictionary<string, ManifestEntry> Manifest(SqliteSession session, long folderId)
    {
        var manifest = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        session.Visit(
            "SELECT path, id, sha256, settings, job_id FROM files WHERE folder_id = $folder",
            row =>
            {
                var entry = new ManifestEntry(row.Number(1), row.Text(2), row.Text(3), row.Text(4));
                return manifest.TryAdd(row.Text(0), entry) ? true : throw StorageFaults.Damaged();
            },
            ("$folder", folderId));
        return manifest;
    }

    /// <summary>
    /// Swaps the chunks of files: the old ones out, the new ones in. The terms go in last and together, because every statement on
    /// another table between two of them makes SQLite flush the inverted index to the disk.
    /// </summary>
    public static void Replace(SqliteSession session, long folderId, IReadOnlyCollection<PreparedFile> files, string chunkingKey, string jobId)
    {
        var existing = files
            .Select(file => session.Scalar<long?>("SELECT id FROM files WHERE root = $root AND path = $path", ("$root", file.Path.Root), ("$path", file.Path.Relative)))
            .OfType<long>();
        Delete(session, [.. existing]);
        var terms = new List<(long Row, PreparedChunk Chunk)>();
        foreach (var file in files)
        {
            var fileId = InsertFile(session, folderId, file, chunkingKey, jobId);
            for (var ordinal = 0; ordinal < file.Chunks.Length; ordinal++)
            {
                terms.Add((InsertChunk(session, fileId, ordinal, file.Chunks[ordinal]), file.Chunks[ordinal]));
            }
        }

        foreach (var (row, chunk) in terms)
        {
            session.Execute(
                "INSERT INTO chunk_terms(rowid, body, context, symbol) VALUES($id, $body, $context, $symbol)",
                ("$id", row),
                ("$body", chunk.Body),
                ("$context", chunk.Context),
                ("$symbol", chunk.Symbol));
        }
    }

    /// <summary>Swaps the chunks of one file.</summary>
    public static void Replace(SqliteSession session, long folderId, PreparedFile file, string chunkingKey, string jobId) =>
        Replace(session, folderId, [file], chunkingKey, jobId);

    /// <summary>Takes files out of every table but the cache of parsed documents (<see cref="ExtractionsTable.DeleteOrphans"/>).</summary>
    public static void Delete(SqliteSession session, IReadOnlyCollection<long> fileIds)
    {
        if (fileIds.Count == 0)
        {
            return;
        }

        var ids = $"[{string.Join(',', fileIds)}]";
        session.Execute(
            "DELETE FROM chunk_terms WHERE rowid IN (SELECT id FROM chunks WHERE file_id IN (SELECT value FROM json_each($files)))",
            ("$files", ids));
        session.Execute("DELETE FROM chunks WHERE file_id IN (SELECT value FROM json_each($files))", ("$files", ids));
        session.Execute("DELETE FROM files WHERE id IN (SELECT value FROM json_each($files))", ("$files", ids));
    }

    /// <summary>Takes all files of a folder out of every table; returns how many chunks that were.</summary>
    public static int DeleteFolder(SqliteSession session, long folderId)
    {
        session.Execute(
            "DELETE FROM chunk_terms WHERE rowid IN (SELECT chunks.id FROM chunks JOIN files ON files.id = chunks.file_id WHERE files.folder_id = $folder)",
            ("$folder", folderId));
        var chunks = session.Execute("DELETE FROM chunks WHERE file_id IN (SELECT id FROM files WHERE folder_id = $folder)", ("$folder", folderId));
        session.Execute("DELETE FROM files WHERE folder_id = $folder", ("$folder", folderId));
        RemovalsTable.Owe(session);
        ExtractionsTable.DeleteOrphans(session);
        return chunks;
    }

    /// <summary>The file with exactly this path, or null.</summary>
    public static IndexedFile? Find(SqliteSession session, BrainPath path) => session.Optional(
        "SELECT sha256, size, format, language FROM files WHERE root = $root AND path = $path",
        row => new IndexedFile(path, row.Text(0), row.Size(1), row.Choice<Files.DocumentFormat>(2), row.Text(3)),
        ("$root", path.Root),
        ("$path", path.Relative));

    /// <summary>Paths that begin with a prefix, in order.</summary>
    public static List<string> Paths(SqliteSession session, string root, string prefix, int limit) => session.Query(
        "SELECT path FROM files WHERE root = $root AND path >= $prefix AND path < $prefix || char(1114111) ORDER BY path LIMIT $limit",
        static row => row.Text(0),
        ("$root", root),
        ("$prefix", prefix),
        ("$limit", limit));

    /// <summary>Files and chunks in the whole brain.</summary>
    public static BrainCounts Count(SqliteSession session) => new(
        (int)session.Scalar<long>("SELECT count(*) FROM files"),
        (int)session.Scalar<long>("SELECT count(*) FROM chunks"));

    /// <summary>Files that a job was the last to write.</summary>
    public static int CountOf(SqliteSession session, string jobId) => (int)session.Scalar<long>("SELECT count(*) FROM files WHERE job_id = $job", ("$job", jobId));

    private static long InsertFile(SqliteSession session, long folderId, PreparedFile file, string chunkingKey, string jobId) => session.Scalar<long>(
        """
        INSERT INTO files(key, folder_id, root, path, sha256, settings, job_id, size, modified, format, language, source_type, title)
        VALUES($key, $folder, $root, $path, $sha256, $settings, $job, $size, $modified, $format, $language, $source_type, $title)
        RETURNING id
        """,
        ("$key", PreparedFile.KeyOf(file.Path)),
        ("$folder", folderId),
        ("$root", file.Path.Root),
        ("$path", file.Path.Relative),
        ("$sha256", file.Sha256),
        ("$settings", chunkingKey),
        ("$job", jobId),
        ("$size", file.Size),
        ("$modified", file.Modified.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
        ("$format", (int)file.Type.Format),
        ("$language", file.Type.Language),
        ("$source_type", file.SourceType),
        ("$title", file.Title));

    private static long InsertChunk(SqliteSession session, long fileId, int ordinal, PreparedChunk chunk) => session.Scalar<long>(
        """
        INSERT INTO chunks(file_id, ordinal, text, start_line, end_line, heading_path, symbol_name, symbol_kind, page)
        VALUES($file, $ordinal, $text, $start, $end, $heading, $symbol, $kind, $page) RETURNING id
        """,
        ("$file", fileId),
        ("$ordinal", ordinal),
        ("$text", chunk.Draft.Text),
        ("$start", chunk.Draft.StartLine),
        ("$end", chunk.Draft.EndLine),
        ("$heading", chunk.Draft.HeadingPath),
        ("$symbol", chunk.Draft.SymbolName),
        ("$kind", chunk.Draft.SymbolKind),
        ("$page", chunk.Draft.Page));
}
