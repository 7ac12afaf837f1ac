namespace AgentBrain.FaultTests.Support;

/// <summary>What must be true of every database, whatever happened to the process that wrote it.</summary>
internal static class IndexAssert
{
    private const string Chunks = "chunks JOIN files ON files.id = chunks.file_id";

    /// <summary>The file is sound, and no row of any table lacks what it belongs to.</summary>
    public static void IsWhole(IndexFiles index)
    {
        Assert.Equal(["ok"], index.Rows("PRAGMA integrity_check"));
        Assert.Empty(index.Rows("PRAGMA foreign_key_check"));

        // FTS5 checks its own structures, and raises an error if they disagree.
        index.Execute("INSERT INTO chunk_terms(chunk_terms) VALUES('integrity-check')");
        Assert.Equal(0, index.Count("SELECT count(*) FROM files WHERE folder_id NOT IN (SELECT id FROM folders)"));
        Assert.Equal(0, index.Count("SELECT count(*) FROM chunks WHERE file_id NOT IN (SELECT id FROM files)"));
        Assert.Equal(0, index.Count("SELECT count(*) FROM files WHERE id NOT IN (SELECT file_id FROM chunks)"));
        Assert.Equal(0, index.Count("SELECT count(*) FROM chunk_terms WHERE rowid NOT IN (SELECT id FROM chunks)"));
        Assert.Equal(0, index.Count("SELECT count(*) FROM chunks WHERE id NOT IN (SELECT rowid FROM chunk_terms)"));
        Assert.Equal(0, index.Count("SELECT count(*) FROM (SELECT max(ordinal) + 1 AS last, count(*) AS here FROM chunks GROUP BY file_id) WHERE last <> here"));
    }

    /// <summary>Nothing is kept of a document that no file has any more.</summary>
    public static void HasNoStaleExtraction(IndexFiles index) =>
        Assert.Equal(0, index.Count("SELECT count(*) FROM extractions WHERE sha256 NOT IN (SELECT sha256 FROM files)"));

    /// <summary>Both hold the same, but for the rows' numbers and the times and ids of jobs.</summary>
    public static void Same(IndexFiles expected, IndexFiles actual)
    {
        SameRows(expected, actual, "SELECT root, path, settings, metadata, last_indexed IS NOT NULL FROM folders ORDER BY root, path");
        SameRows(expected, actual, "SELECT files.root, files.path, folders.path, key, sha256, files.settings, size, modified, format, language, source_type, title FROM files JOIN folders ON folders.id = folder_id ORDER BY files.root, files.path");
        SameRows(expected, actual, $"SELECT path, ordinal, text, start_line, end_line, heading_path, symbol_name, symbol_kind, page FROM {Chunks} ORDER BY path, ordinal");
        SameRows(expected, actual, "SELECT sha256, format, document, size FROM extractions ORDER BY sha256, format");
        foreach (var index in new[] { expected, actual })
            index.Execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.term_places USING fts5vocab(main, chunk_terms, instance)");

        SameRows(expected, actual, $"SELECT path, ordinal, col, offset, term FROM temp.term_places JOIN chunks ON chunks.id = doc JOIN files ON files.id = file_id ORDER BY path, ordinal, col, offset, term");
        Assert.Equal(expected.Count("SELECT count(*) FROM temp.term_places"), actual.Count("SELECT count(*) FROM temp.term_places"));
    }

    /// <summary>A query finds the same chunks with the same ranks.</summary>
    public static int SameRanks(IndexFiles expected, IndexFiles actual, string match)
    {
        const string sql = $"SELECT path, ordinal, round(rank, 9) FROM chunk_terms JOIN chunks ON chunks.id = chunk_terms.rowid JOIN files ON files.id = file_id WHERE chunk_terms MATCH $match AND rank MATCH 'bm25(1.0, 2.0)' ORDER BY path, ordinal";
        var rows = expected.Rows(sql, ("$match", match));
        Assert.Equal(rows, actual.Rows(sql, ("$match", match)));
        return rows.Count;
    }

    private static void SameRows(IndexFiles expected, IndexFiles actual, string sql)
    {
        var (left, right) = (expected.Rows(sql), actual.Rows(sql));
        Assert.NotEmpty(left);
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (left[i] != right[i])
                Assert.Fail($"{sql}\nrow {i}\nexpected {left[i]}\nactual   {right[i]}");
        }

        Assert.Equal(left.Count, right.Count);
    }
}
