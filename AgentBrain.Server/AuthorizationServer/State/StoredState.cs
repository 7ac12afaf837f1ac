using System.Collections.Immutable;
using System.Globalization;
using AgentBrain.Server.Configuration;
using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>What the database says of itself, read before it is brought into this program's form, and without changing it.</summary>
/// <param name="HasOwner">Is there an owner?</param>
/// <param name="Issuer">The issuer that everything was issued for; <c>null</c> when none is noted yet.</param>
/// <param name="Epoch">The epoch; 0 when none is noted yet.</param>
/// <param name="Migrations">The steps that brought the database into its form, in their order.</param>
internal sealed record StoredState(bool HasOwner, string? Issuer, long Epoch, ImmutableArray<string> Migrations)
{
    /// <summary>Reads the state of a data directory.</summary>
    /// <returns><c>null</c> when there is no database.</returns>
    /// <exception cref="ConfigurationException">There is a file, and it is no database or damaged.</exception>
    public static StoredState? Read(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, AuthorizationServerServices.DatabaseFile);
        if (!File.Exists(file))
            return null;

        try
        {
            return ReadDatabase(file);
        }
        catch (SqliteException exception)
        {
            throw new ConfigurationException($"{file} cannot be read ({exception.Message.TrimEnd('.')}); restore a backup with: restore --in FILE --key-file KEY --replace", exception);
        }
    }

    /// <summary>Reads the state of a database.</summary>
    /// <exception cref="SqliteException">The file is no database, or damaged.</exception>
    public static StoredState ReadDatabase(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();

        // A first start that was interrupted leaves tables out.
        var hasState = Exists(connection, "State");
        return new StoredState(
            Exists(connection, "AspNetUsers") && Texts(connection, "SELECT Id FROM AspNetUsers LIMIT 1").Length > 0,
            hasState ? Fact(connection, StateNames.Issuer) : null,
            hasState && long.TryParse(Fact(connection, StateNames.Epoch), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0,
            Exists(connection, "__EFMigrationsHistory") ? Texts(connection, "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId") : []);
    }

    private static bool Exists(SqliteConnection connection, string table) => Texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $name", table).Length > 0;

    private static string? Fact(SqliteConnection connection, string name) => Texts(connection, "SELECT Value FROM State WHERE Name = $name", name).FirstOrDefault();

    private static ImmutableArray<string> Texts(SqliteConnection connection, string sql, string? name = null)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements above, and nothing of a caller's.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (name is not null)
            command.Parameters.AddWithValue("$name", name);

        var texts = ImmutableArray.CreateBuilder<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            texts.Add(reader.GetString(0));

        return texts.ToImmutable();
    }
}
