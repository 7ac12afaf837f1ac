using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>A copy of the authorization server's database that no server serves.</summary>
internal static class DetachedAuthority
{
    /// <summary>Opens it. When the context is disposed, the file alone is the whole database.</summary>
    public static AuthorityContext Open(string file) => new(new DbContextOptionsBuilder<AuthorityContext>()
        .UseSqlite(ConnectionString(file))
        .AddInterceptors(new ConnectionPragmas())
        .Options);

    /// <summary>Copies a database that may be in use, as it is at one moment.</summary>
    public static void Copy(string source, string target)
    {
        using var from = new SqliteConnection(ConnectionString(source));
        using var to = new SqliteConnection(ConnectionString(target));
        from.Open();
        to.Open();
        from.BackupDatabase(to);
    }

    /// <summary>Runs a statement without a transaction around it.</summary>
    public static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection(ConnectionString(file));
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string ConnectionString(string file) => new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();
}
