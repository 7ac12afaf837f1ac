namespace AgentBrain.Server.Brains.Storage;

/// <summary>
/// The numbers of chunks and terms by which the inverted index weighs a match. SQLite adds what is written to them, but of a contentless
/// table it does not subtract what is deleted, so that every file that is indexed anew would make rare words count for less. They are a
/// record of the index's own table: the rows, then each column's terms, as SQLite's variable-length integers.
/// </summary>
internal static class TermTotals
{
    /// <summary>As many as the terms table has (<see cref="Schema"/>).</summary>
    private const int Columns = 3;

    /// <summary>Sets them to what is there. Costs a count if nothing was deleted. Not in a transaction that also changes the index.</summary>
    public static void Correct(SqliteSession session)
    {
        var stored = session.Scalar<byte[]>("SELECT block FROM chunk_terms_data WHERE id = 1");
        var rows = session.Scalar<long>("SELECT count(*) FROM chunk_terms_docsize");
        if (stored is null or [] || ReadNumber(stored).Value == rows)
        {
            return;
        }

        var terms = new long[Columns];
        session.Visit("SELECT sz FROM chunk_terms_docsize", row =>
        {
            ReadOnlySpan<byte> sizes = row.Bytes(0);
            foreach (ref var total in terms.AsSpan())
            {
                var (size, length) = ReadNumber(sizes);
                total += size;
                sizes = sizes[length..];
            }

            return true;
        });
        var corrected = new List<byte>();
        AppendNumber(corrected, rows);
        foreach (var total in terms)
        {
            AppendNumber(corrected, total);
        }

        session.Execute("UPDATE chunk_terms_data SET block = $block WHERE id = 1", ("$block", corrected.ToArray()));
    }

    private static (long Value, int Length) ReadNumber(ReadOnlySpan<byte> bytes)
    {
        // Seven bits a byte, most significant first. A ninth byte is for numbers that no index can reach.
        long value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, 8); i++)
        {
            value = (value << 7) | (bytes[i] & 0x7fL);
            if (bytes[i] < 0x80)
            {
                return (value, i + 1);
            }
        }

        throw StorageFaults.Damaged();
    }

    private static void AppendNumber(List<byte> bytes, long value)
    {
        var at = bytes.Count;
        bytes.Add((byte)(value & 0x7f));
        while ((value >>= 7) > 0)
        {
            bytes.Insert(at, (byte)(0x80 | (value & 0x7f)));
        }
    }
}
