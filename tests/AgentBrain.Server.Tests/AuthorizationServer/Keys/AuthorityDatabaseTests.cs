using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>The start judges the database file: a later program's, a damaged one and one that others can read are not simply used.</summary>
public sealed class AuthorityDatabaseTests : IDisposable
{
    private readonly KeyHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task The_files_are_their_users_alone()
    {
        if (OperatingSystem.IsWindows())
            return;

        await using var app = home.Build();
        await app.Services.GetRequiredService<SigningKeys>().RotateAsync();
        var files = Directory.GetFiles(home.Data, "authority.db*");

        Assert.Contains(files, static file => file.EndsWith("-wal", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_closed_to_them()
    {
        if (OperatingSystem.IsWindows())
            return;

        await home.With(KeyOf);
        File.SetUnixFileMode(home.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await home.With(KeyOf);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(home.Database));
    }

    [Fact]
    public async Task A_file_of_a_later_program_stops_the_start_and_stays_as_it_is()
    {
        await Change("INSERT INTO __EFMigrationsHistory VALUES ('29991231235959_Later', '99.0.0')");

        var refused = home.Refusal();

        Assert.Contains("29991231235959_Later", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        await Change("DELETE FROM __EFMigrationsHistory WHERE MigrationId LIKE '2999%'", start: false);
        await home.With(KeyOf);
    }

    [Fact]
    public void A_file_that_is_no_database_stops_the_start()
    {
        home.Write("data/authority.db", new string('x', 8192));

        Assert.Contains("restore a backup", home.Refusal().Message, StringComparison.Ordinal);
        Assert.StartsWith("xxx", File.ReadAllText(home.Database), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_broken_pages_stops_the_start()
    {
        await home.With(KeyOf);
        SqliteConnection.ClearAllPools();
        using (var file = File.OpenWrite(home.Database))
        {
            // The last page is of some index that no start reads by itself.
            file.Position = file.Length - 4096;
            file.Write(new byte[64]);
        }

        Assert.Contains("is damaged", home.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_turns_out_to_be_no_database_is_told_so_whoever_opens_it()
    {
        var file = home.Write("data/garbage.db", new string('x', 8192));
        using var context = new AuthorityContext(new DbContextOptionsBuilder<AuthorityContext>().UseSqlite($"Data Source={file};Pooling=False").AddInterceptors(new ConnectionPragmas()).Options);

        Assert.Contains("is damaged", Assert.Throws<ConfigurationException>(() => AuthorityDatabase.Open(context, file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_no_file_stops_the_start()
    {
        Directory.CreateDirectory(home.Database);

        Assert.Contains("cannot be opened", home.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_was_killed_while_it_made_tables_does_not_keep_the_next_one_waiting()
    {
        await Change("CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01 00:00:00')");

        await Task.Run(() => home.With(KeyOf)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string KeyOf(IServiceProvider services) => services.GetRequiredService<SigningKeys>().Current.KeyId;

    private async Task Change(string statement, bool start = true)
    {
        if (start)
            await home.With(KeyOf);
        await using var connection = new SqliteConnection($"Data Source={home.Database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }
}
