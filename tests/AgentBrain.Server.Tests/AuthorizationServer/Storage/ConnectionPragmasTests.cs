using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.Storage;

public sealed class ConnectionPragmasTests : IDisposable
{
    private const int Full = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("agent-brain-pragmas-").FullName;

    [Fact]
    public async Task Every_connection_commits_to_the_disk_whether_the_pool_has_just_opened_it_or_hands_it_out_again()
    {
        var pragmas = new ConnectionPragmas();
        for (var time = 0; time < 3; time++)
        {
            // Side by side, so that the pool needs a second connection.
            await using var one = Open(pragmas);
            await using var two = Open(pragmas);
            Assert.All([await ReadAsync(one), await ReadAsync(two)], settings => Assert.Equal(("wal", Full, 1, 1), settings));
        }
    }

    [Fact]
    public async Task A_connection_that_is_opened_anew_is_told_anew()
    {
        var pragmas = new ConnectionPragmas();
        for (var time = 0; time < 3; time++)
        {
            await using var context = Open(pragmas);
            Assert.Equal(("wal", Full, 1, 1), await ReadAsync(context));
            SqliteConnection.ClearPool((SqliteConnection)context.Database.GetDbConnection());
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private AuthorityContext Open(ConnectionPragmas pragmas)
    {
        var context = new AuthorityContext(new DbContextOptionsBuilder<AuthorityContext>().UseSqlite($"Data Source={Path.Combine(_folder, "authority.db")}").AddInterceptors(pragmas).Options);
        context.Database.OpenConnection();
        return context;
    }

    private static async Task<(string Journal, int Synchronous, int SecureDelete, int ForeignKeys)> ReadAsync(AuthorityContext context) =>
    (
        (await context.Database.SqlQueryRaw<string>("PRAGMA journal_mode").ToListAsync()).Single(),
        (await context.Database.SqlQueryRaw<int>("PRAGMA synchronous").ToListAsync()).Single(),
        (await context.Database.SqlQueryRaw<int>("PRAGMA secure_delete").ToListAsync()).Single(),
        (await context.Database.SqlQueryRaw<int>("PRAGMA foreign_keys").ToListAsync()).Single());
}
