using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
/// <param name="connection">An open connection, owned by the session.</param>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    /// <param name="sql">A constant text; values go through <paramref name="parameters"/>.</param>
    /// <param name="parameters">Names with their <c>$</c> and their values.</param>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Bind(sql, parameters).ExecuteNonQuery();

    /// <summary>Runs a query for one value; <c>default</c> when there is no row or it is NULL.</summary>
    public T? Scalar<T>(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var value = Bind(sql, parameters).ExecuteScalar();
        return value switch
        {
            null or DBNull => default,
            T typed => typed,
            _ => throw StorageFaults.Damaged(),
        };
    }

    /// <summary>Runs a query and maps every row.</summary>
    public List<T> Query<T>(string sql, Func<StoredRow, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, parameters).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(map(new StoredRow(reader)));
        }

        return rows;
    }

    /// <summary>Runs a query for a row that is there, because another one names it: damage if it is not.</summary>
    public T Required<T>(string sql, Func<StoredRow, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Query(sql, map, parameters) is [var row] ? row : throw StorageFaults.Damaged();

    /// <summary>Runs a query for a row that may be there, and is there once: damage if it is there twice.</summary>
    public T? Optional<T>(string sql, Func<StoredRow, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where T : class => Query(sql, map, parameters) switch
        {
            [] => null,
            [var row] => row,
            _ => throw StorageFaults.Damaged(),
        };

    /// <summary>Runs a query and hands each row to <paramref name="visit"/> until it returns false.</summary>
    public void Visit(string sql, Func<StoredRow, bool> visit, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Bind(sql, parameters).ExecuteReader();
        while (reader.Read() && visit(new StoredRow(reader)))
        {
            // The visitor decides; there is nothing else to do for a row.
        }
    }

    /// <summary>Runs a script without parameters that is not worth keeping prepared.</summary>
    public void Script(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this folder; values are always parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _statements.Add(sql, command);
        }

        foreach (var (name, value) in parameters)
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
        }

        return command;
    }
}
