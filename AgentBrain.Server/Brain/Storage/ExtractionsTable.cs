using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The cache of parsed documents by content, so that a copy, a move or other chunk settings do not parse again.</summary>
internal static class ExtractionsTable
{
    /// <summary>The stored document's JSON, or null.</summary>
    public static string? Find(SqliteSession session, string sha256, DocumentFormat format) => session.Scalar<string>(
        "SELECT document FROM extractions WHERE sha256 = $sha256 AND format = $format",
        ("$sha256", sha256),
        ("$format", (int)format));

    /// <summary>Stores a document unless the cache has reached <paramref name="maxBytes"/>.</summary>
    public static void Store(SqliteSession session, string sha256, DocumentFormat format, string document, long maxBytes) => session.Execute(
        """
        INSERT OR IGNORE INTO extractions(sha256, format, document, size)
        SELECT $sha256, $format, $document, $size WHERE (SELECT coalesce(sum(size), 0) FROM extractions) + $size <= $max
        """,
        ("$sha256", sha256),
        ("$format", (int)format),
        ("$document", document),
        ("$size", document.Length),
        ("$max", maxBytes));

    /// <summary>Entries and their characters.</summary>
    public static (int Entries, long Size) Measure(SqliteSession session) => (
        (int)session.Scalar<long>("SELECT count(*) FROM extractions"),
        session.Scalar<long>("SELECT coalesce(sum(size), 0) FROM extractions"));

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
