using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The cache of parsed documents by content, so that a copy, a move or other chunk settings do not parse again.</summary>
internal static class ExtractionsTable
{
    /// <summary>The stored document, or null.</summary>
    public static ExtractedDocument? Find(SqliteSession session, string sha256, DocumentFormat format) => session.Optional(
        "SELECT document FROM extractions WHERE sha256 = $sha256 AND format = $format",
        static row => row.Json(0, BrainJson.Default.ExtractedDocument, static document => document.IsWhole),
        ("$sha256", sha256),
        ("$format", (int)format));

    /// <summary>Stores a document unless the cache has reached <paramref name="maxBytes"/>.</summary>
    public static void Store(SqliteSession session, string sha256, DocumentFormat format, string document, long maxBytes) => session.Execute(
        """
        INSERT OR IGNORE INTO extractions(sha256, format, document, size)
        SELECT $sha256, $format, $document, $size WHERE (SELECT total(size) FROM extractions) + $size <= $max
        """,
        ("$sha256", sha256),
        ("$format", (int)format),
        ("$document", document),
        ("$size", document.Length),
        ("$max", maxBytes));

    /// <summary>Entries and their characters.</summary>
    public static (int Entries, long Size) Measure(SqliteSession session) => session.Required(
        "SELECT count(*), cast(total(size) AS INTEGER) FROM extractions",
        static row => (row.Count(0), row.Size(1)));

    /// <summary>Empties the cache.</summary>
    public static void Clear(SqliteSession session)
    {
        session.Execute("DELETE FROM extractions");
        RemovalsTable.Owe(session);
    }

    /// <summary>Drops what no indexed file has as its content any more.</summary>
    public static void DeleteOrphans(SqliteSession session) =>
        session.Execute("DELETE FROM extractions WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.sha256 = extractions.sha256)");
}
