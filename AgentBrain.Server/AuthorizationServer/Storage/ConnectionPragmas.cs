using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>
/// What every connection is told: commits are on the disk before they are answered (a rotated token must not come back), what is
/// deleted is overwritten, and foreign keys hold. SQLite keeps it for as long as its own connection is open, which the pool opens once and
/// hands out many times.
/// </summary>
internal sealed class ConnectionPragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;";

    /// <summary>SQLite's connections that were told; they are forgotten with it.</summary>
    private readonly ConditionalWeakTable<object, object> _told = [];

    /// <inheritdoc/>
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (IsTold(connection))
            return;

        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        Remember(connection);
    }

    /// <inheritdoc/>
    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (IsTold(connection))
            return;

        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
        Remember(connection);
    }

    private bool IsTold(DbConnection connection) => _told.TryGetValue(((SqliteConnection)connection).Handle!, out _);

    /// <summary>Only after they were carried out: a connection on which they failed is told again.</summary>
    private void Remember(DbConnection connection) => _told.AddOrUpdate(((SqliteConnection)connection).Handle!, this);
}
