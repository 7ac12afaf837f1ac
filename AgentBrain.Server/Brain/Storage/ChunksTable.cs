using System.Globalization;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>Reads chunks and asks the inverted index for them.</summary>
internal static class ChunksTable
{
    private const string IdPrefix = "chunk_";

    /// <summary>
    /// Weights of the columns: a word in the path, the headings or the enclosing symbols says more of a chunk than one in its text, and the
    /// name that the chunk itself defines says most, so that <c>SearchCache</c> finds the class before its uses.
    /// </summary>
    private const string Ranked = "chunk_terms MATCH $match AND rank MATCH 'bm25(1.0, 2.0, 3.0)'";

    private const string Select =
        """
        SELECT files.key, chunks.ordinal, files.root, files.path, folders.root, folders.path, chunks.text,
            (SELECT count(*) FROM chunks AS all_chunks WHERE all_chunks.file_id = files.id),
            chunks.start_line, chunks.end_line, chunks.heading_path, chunks.symbol_name, chunks.symbol_kind, chunks.page,
            files.language, files.source_type, files.title, files.modified, folders.metadata
        FROM chunks JOIN files ON files.id = chunks.file_id JOIN folders ON folders.id = files.folder_id
        """;

    /// <summary>Finds a chunk by its public id; null if there is none or the text is no id.</summary>
    public static ChunkRecord? Find(SqliteSession session, string chunkId) => RowOf(session, chunkId) is { } row ? Get(session, row) : null;

    /// <summary>The row id behind a public id, or null.</summary>
    public static long? RowOf(SqliteSession session, string chunkId)
    {
        var separator = chunkId.LastIndexOf('_');
        if (!chunkId.StartsWith(IdPrefix, StringComparison.Ordinal)
            || separator <= IdPrefix.Length
            || !int.TryParse(chunkId.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
        {
            return null;
        }

        return session.Scalar<long?>(
            "SELECT chunks.id FROM files JOIN chunks ON chunks.file_id = files.id WHERE files.key = $key AND chunks.ordinal = $ordinal",
            ("$key", chunkId[IdPrefix.Length..separator]),
            ("$ordinal", ordinal));
    }

    /// <summary>The chunk in a row that the inverted index names.</summary>
    public static ChunkRecord Get(SqliteSession session, long row) => session.Required(Select + " WHERE chunks.id = $id", Map, ("$id", row));

    /// <summary>
    /// Visits matching chunks, best first. The visitor ends it by returning false, so that filters apply before the cut: the file of a
    /// row is looked up only when its turn comes.
    /// </summary>
    public static void Match(SqliteSession session, string match, Func<ChunkMatch, bool> visit) => session.Visit(
        $"SELECT rowid, rank FROM chunk_terms WHERE {Ranked} ORDER BY rank",
        row => visit(FileOf(session, row.Number(0), row.Real(1))),
        ("$match", match));

    /// <summary>The best matching rows without a filter, which the index can cut by itself.</summary>
    public static List<(long Row, double Rank)> Top(SqliteSession session, string match, int limit) => session.Query(
        $"SELECT rowid, rank FROM chunk_terms WHERE {Ranked} ORDER BY rank LIMIT $limit",
        static row => (row.Number(0), row.Real(1)),
        ("$match", match),
        ("$limit", limit));

    /// <summary>The rank that a term gives each of some chunks, of those that have it. One walk through the term's chunks, however many are asked for.</summary>
    public static Dictionary<long, double> RanksOf(SqliteSession session, string match, IEnumerable<long> rows)
    {
        var ranks = new Dictionary<long, double>();
        session.Visit(
            $"SELECT rowid, rank FROM chunk_terms WHERE {Ranked} AND +rowid IN (SELECT value FROM json_each($rows))",
            row => ranks.TryAdd(row.Number(0), row.Real(1)) ? true : throw StorageFaults.Damaged(),
            ("$match", match),
            ("$rows", $"[{string.Join(',', rows)}]"));
        return ranks;
    }

    /// <summary>Symbols that begin with a prefix.</summary>
    public static List<string> Symbols(SqliteSession session, string prefix, int limit) => session.Query(
        "SELECT DISTINCT symbol_name FROM chunks WHERE symbol_name >= $prefix AND symbol_name < $prefix || char(1114111) ORDER BY symbol_name LIMIT $limit",
        static row => row.Text(0),
        ("$prefix", prefix),
        ("$limit", limit));

    /// <summary>Public ids that begin with a prefix.</summary>
    public static List<string> Ids(SqliteSession session, string prefix, int limit)
    {
        var isId = prefix.StartsWith(IdPrefix, StringComparison.Ordinal);
        if (!isId && !IdPrefix.StartsWith(prefix, StringComparison.Ordinal))
        {
            return [];
        }

        var key = isId ? prefix[IdPrefix.Length..].Split('_')[0] : "";
        return session.Query(
            """
            SELECT 'chunk_' || files.key || '_' || chunks.ordinal AS public_id FROM files JOIN chunks ON chunks.file_id = files.id
            WHERE files.key >= $key AND files.key < $key || 'g' AND substr(public_id, 1, length($prefix)) = $prefix
            ORDER BY files.key, chunks.ordinal LIMIT $limit
            """,
            static row => row.Text(0),
            ("$key", key),
            ("$prefix", prefix),
            ("$limit", limit));
    }

    private static ChunkMatch FileOf(SqliteSession session, long row, double rank) => session.Required(
        "SELECT files.root, files.path, files.language, files.source_type FROM chunks JOIN files ON files.id = chunks.file_id WHERE chunks.id = $id",
        file => new ChunkMatch(row, rank, file.Path(0, 1), file.Text(2), file.Text(3)),
        ("$id", row));

    private static ChunkRecord Map(StoredRow row) => new()
    {
        Id = $"{IdPrefix}{row.Text(0)}_{row.Count(1)}",
        Ordinal = row.Count(1),
        File = row.Path(2, 3),
        Folder = row.Path(4, 5),
        Text = row.Text(6),
        TotalChunks = row.Count(7),
        StartLine = row.Count(8),
        EndLine = row.Count(9),
        HeadingPath = row.OptionalText(10),
        SymbolName = row.OptionalText(11),
        SymbolKind = row.OptionalText(12),
        Page = row.OptionalCount(13),
        Language = row.Text(14),
        SourceType = row.Text(15),
        Title = row.OptionalText(16),
        Modified = row.Text(17),
        FolderMetadata = row.OptionalScalars(18),
    };
}
