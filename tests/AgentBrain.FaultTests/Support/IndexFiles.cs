using Microsoft.Data.Sqlite;

namespace AgentBrain.FaultTests.Support;

/// <summary>The database of a data directory, read from a copy: what is looked at is what the last process left, and stays so.</summary>
internal sealed class IndexFiles : IDisposable
{
    private readonly TemporaryTree _copy = new();
    private readonly SqliteConnection _connection;

    private IndexFiles(string database)
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, _copy.Combine(Path.GetFileName(file)));

        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _copy.Combine(Path.GetFileName(database)), Pooling = false }.ToString());
        _connection.Open();
    }

    /// <summary>Copies the database of the one brain in a data directory. No process may write to it.</summary>
    public static IndexFiles Open(string data) => new(PathOf(data));

    public static string PathOf(string data) => Assert.Single(Directory.GetFiles(data, "index.db", SearchOption.AllDirectories));

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The rows of a query, each as text with its columns parted by a bar.</summary>
    public List<string> Rows(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

        var rows = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? "∅" : reader.GetValue(column).ToString())));

        return rows;
    }

    public long Count(string sql) => long.Parse(Rows(sql).Single());

    public void Dispose()
    {
        _connection.Dispose();
        _copy.Dispose();
    }
}
