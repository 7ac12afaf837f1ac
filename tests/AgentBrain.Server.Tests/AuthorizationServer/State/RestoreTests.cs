using System.Net;
using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Backups;
using AgentBrain.Server.AuthorizationServer.State;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.State;

/// <summary>A backup brings the state back, and nothing that was given out of it (SR-16).</summary>
public sealed class RestoreTests : IAsyncDisposable
{
    private readonly ServerHome _home = new();

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Fact]
    public async Task A_backup_has_no_key_no_token_no_session_and_no_link()
    {
        var (_, key) = await PrepareAsync();
        await _home.StopAsync();

        var folder = Extract(_home.File("backup"), key);

        Assert.Equal(["authority.db", "brains/0123456789abcdef/index.db", "brains/brains.json", "manifest.json"], Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => path[(folder.Length + 1)..]).Order(StringComparer.Ordinal));
        Assert.Equal(["kept"], Ask(folder, "brains/0123456789abcdef/index.db", "SELECT Text FROM Note"));
        foreach (var table in new[] { "RefreshTokens", "Codes", "Sessions", "SetupLinks", "SigningKeys", "Secrets", "Interactions", "OpenIddictTokens" })
            Assert.True(Count(folder, table) == 0, table);
        Assert.Equal(1, Count(folder, "AspNetUsers"));
        Assert.Equal(1, Count(folder, "Grants"));
        Assert.Empty(Directory.GetFiles(_home.Data, BackupMaker.TemporaryPrefix + "*"));
    }

    [Fact]
    public async Task A_backup_is_its_users_alone_and_overwrites_nothing()
    {
        await _home.StartAsync();
        var (code, output, _) = await _home.RunAsync("backup", "--out", _home.File("backup"));
        Assert.Equal(0, code);
        Assert.StartsWith("key  ", output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home.File("backup")));

        Assert.Equal(2, (await _home.RunAsync("backup", "--out", _home.File("backup"))).ExitCode);
        Assert.Equal(2, (await _home.RunAsync("backup")).ExitCode);
        Assert.Equal(2, (await _home.RunAsync("backup", "--out", _home.File("nowhere/backup"))).ExitCode);

        // The key that was shown opens it.
        await File.WriteAllTextAsync(_home.KeyFile(), output.Split('\n')[0][5..]);
        await _home.StopAsync();
        Assert.Equal(0, (await _home.RunAsync("restore", "--in", _home.File("backup"), "--key-file", _home.File("key"), "--replace")).ExitCode);
    }

    [Fact]
    public async Task The_key_can_come_from_a_setting_of_the_caller_or_the_server()
    {
        var key = _home.KeyFile();
        await _home.StartAsync(withOwner: true, $"--AGENT_BRAIN_BACKUP_KEY_FILE={key}");

        Assert.Equal(JsonValueKind.Null, (await _home.DoAsync("backup", "--out", _home.File("one"))).GetProperty("key").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await _home.DoAsync("backup", "--out", _home.File("two"), $"--AGENT_BRAIN_BACKUP_KEY_FILE={key}")).GetProperty("key").ValueKind);

        await _home.StopAsync();
        foreach (var name in new[] { "one", "two" })
            Assert.NotEmpty(Extract(_home.File(name), BackupKey.Parse(await File.ReadAllTextAsync(key))));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(2, (await _home.RunAsync("backup", "--out", _home.File("three"), "--key-file", key)).ExitCode);
    }

    [Fact]
    public async Task After_a_restore_an_old_access_token_is_refused()
    {
        var (tokens, _) = await PrepareAsync();
        Assert.Equal(HttpStatusCode.OK, await _home.CallAsync(tokens.Access));

        await RestoreAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await _home.CallAsync(tokens.Access));
    }

    [Fact]
    public async Task After_a_restore_old_refresh_tokens_are_refused_the_last_and_those_before()
    {
        var (tokens, _) = await PrepareAsync();
        var next = (await _home.RefreshAsync(tokens.Refresh)).GetProperty("refresh_token").GetString()!;

        await RestoreAsync();

        Assert.Equal("invalid_grant", (await _home.RefreshAsync(tokens.Refresh)).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await _home.RefreshAsync(next)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task After_a_restore_codes_are_refused_used_or_not()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var (used, unused) = (await _home.AgreeAsync(), await _home.AgreeAsync());
        var key = _home.KeyFile();
        await _home.DoAsync("backup", "--out", _home.File("backup"), "--key-file", key);
        Assert.True((await _home.RedeemAsync(used)).TryGetProperty("access_token", out _));

        await RestoreAsync();

        Assert.Equal("invalid_grant", (await _home.RedeemAsync(used)).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await _home.RedeemAsync(unused)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task After_a_restore_an_old_session_cookie_signs_nobody_in()
    {
        await PrepareAsync();
        var before = await _home.SignInAsync();
        await _home.DoAsync("backup", "--out", _home.File("later"), "--key-file", _home.File("key"));
        Assert.True(await _home.IsSignedInAsync(before));

        await RestoreAsync("later");

        Assert.False(await _home.IsSignedInAsync(before));
        Assert.True(await _home.IsSignedInAsync(await _home.SignInAsync()));
    }

    [Fact]
    public async Task A_grant_that_was_revoked_after_the_backup_stays_so()
    {
        await PrepareAsync();
        await _home.DoAsync("grants", "revoke", "--all");

        await RestoreAsync();

        Assert.Equal(0, (await _home.DoAsync("grants", "list")).GetProperty("total").GetInt32());
        Assert.Equal(["state.restored"], await _home.Store.ReadAsync(context => context.Grants.Select(grant => grant.RevokedReason!).Distinct().ToListAsync()));
    }

    [Fact]
    public async Task After_a_restore_a_client_that_acts_by_itself_needs_a_new_secret()
    {
        await _home.StartAsync();
        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials");
        var (id, secret) = (added.GetProperty("id").GetString()!, added.GetProperty("secret").GetString()!);
        await _home.DoAsync("backup", "--out", _home.File("backup"), "--key-file", _home.KeyFile());
        var outcome = await RestoreAsync();

        Assert.Equal(id, outcome.GetProperty("clientsWithoutCredentials")[0].GetString());
        Assert.Equal("invalid_client", (await OwnTokenAsync(id, secret)).GetProperty("error").GetString());
        var next = (await _home.DoAsync("clients", "rotate-secret", id)).GetProperty("secret").GetString()!;
        Assert.True((await OwnTokenAsync(id, next)).TryGetProperty("access_token", out _));
    }

    [Fact]
    public async Task A_restore_raises_the_epoch_beyond_both_and_is_written_down()
    {
        await PrepareAsync();
        await _home.StopAsync();
        _home.Rows("UPDATE State SET Value = '41' WHERE Name = 'epoch'");

        var outcome = await RestoreAsync();

        Assert.Equal(42, outcome.GetProperty("epoch").GetInt64());
        Assert.Equal(42, (await _home.DoAsync("status")).GetProperty("epoch").GetInt64());
        Assert.Contains("epoch 1 became 42", (await _home.Store.ReadAsync(context => context.Activities.SingleAsync(activity => activity.Kind == "state.restored"))).Detail, StringComparison.Ordinal);
        Assert.Equal(0, await _home.Store.ReadAsync(context => context.Clients.CountAsync(client => client.RegistrationTokenDigest != null)));
    }

    [Fact]
    public async Task A_backup_that_was_not_stripped_revives_nothing_either()
    {
        var (tokens, key) = await PrepareAsync();
        var cookies = await _home.SignInAsync();
        var signs = (await _home.DoAsync("status")).GetProperty("key").GetString()!;
        await _home.StopAsync();
        var raw = _home.File("raw");
        await using (var file = new FileStream(raw, FileMode.CreateNew))
        using (var archive = new ArchiveWriter(file, key))
        {
            archive.Add(BackupManifest.EntryName, JsonSerializer.SerializeToUtf8Bytes(new BackupManifest("0", TimeProvider.System.GetUtcNow(), _home.Issuer, 1, ["authority.db"]), BackupJson.Default.BackupManifest));
            archive.AddFile("authority.db", Path.Combine(_home.Data, "authority.db"), CancellationToken.None);
            archive.Finish();
        }

        await RestoreAsync("raw");

        Assert.NotEqual(signs, (await _home.DoAsync("status")).GetProperty("key").GetString());
        Assert.DoesNotContain(signs, (await _home.RunAsync("keys", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await _home.CallAsync(tokens.Access));
        Assert.Equal("invalid_grant", (await _home.RefreshAsync(tokens.Refresh)).GetProperty("error").GetString());
        Assert.False(await _home.IsSignedInAsync(cookies));
    }

    [Fact]
    public async Task A_state_that_is_there_is_replaced_only_when_that_is_said()
    {
        await PrepareAsync();
        await _home.StopAsync();
        var before = Snapshot();

        var (code, _, error) = await _home.RunAsync("restore", "--in", _home.File("backup"), "--key-file", _home.File("key"));

        Assert.Equal(1, code);
        Assert.Contains("--replace", error, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task While_a_server_runs_nothing_is_restored()
    {
        await PrepareAsync();

        var (code, _, error) = await _home.RunAsync("restore", "--in", _home.File("backup"), "--key-file", _home.File("key"), "--replace");

        Assert.Equal(2, code);
        Assert.Contains("stop that one", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("cut")]
    [InlineData("bit")]
    [InlineData("version")]
    [InlineData("nothing")]
    [InlineData("absent")]
    public async Task A_backup_that_is_not_good_changes_nothing(string what)
    {
        await PrepareAsync();
        await _home.StopAsync();
        var before = Snapshot();
        var bytes = await File.ReadAllBytesAsync(_home.File("backup"));
        if (what == "bit")
            bytes[bytes.Length / 2] ^= 4;
        else if (what == "version")
            bytes[11] = 9;
        await File.WriteAllBytesAsync(_home.File("bad"), what switch { "cut" => bytes[..^100_000], "nothing" => [], _ => bytes });
        if (what == "key")
            _home.KeyFile();

        var (code, output, error) = await _home.RunAsync("restore", "--in", _home.File(what == "absent" ? "absent" : "bad"), "--key-file", _home.File("key"), "--replace");

        Assert.Equal((1, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal(before, Snapshot());
        await _home.StartAsync();
        Assert.Equal(1, (await _home.DoAsync("grants", "list")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_backup_of_a_newer_program_changes_nothing()
    {
        var (_, key) = await PrepareAsync();
        await _home.StopAsync();
        var copy = _home.File("copy.db");
        File.Copy(Path.Combine(_home.Data, "authority.db"), copy);
        DetachedAuthority.Execute(copy, "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('99991231000000_Later', '99')");
        foreach (var (name, entries) in new[] { ("newer", new[] { "authority.db" }), ("odd", ["authority.db", "else.db"]), ("empty", Array.Empty<string>()) })
        {
            await using (var file = new FileStream(_home.File(name), FileMode.CreateNew))
            using (var archive = new ArchiveWriter(file, key))
            {
                archive.Add(BackupManifest.EntryName, JsonSerializer.SerializeToUtf8Bytes(new BackupManifest("9", TimeProvider.System.GetUtcNow(), _home.Issuer, 1, [.. entries]), BackupJson.Default.BackupManifest));
                foreach (var entry in entries)
                    archive.AddFile(entry, copy, CancellationToken.None);
                archive.Finish();
            }

            var before = Snapshot();
            Assert.Equal(1, (await _home.RunAsync("restore", "--in", _home.File(name), "--key-file", _home.File("key"), "--replace")).ExitCode);
            Assert.Equal(before, Snapshot());
        }
    }

    [Fact]
    public async Task A_damaged_or_lost_state_is_replaced_by_its_backup()
    {
        await PrepareAsync();
        await _home.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(_home.Data, "authority.db"), new string('x', 8192));

        await RestoreAsync();

        Assert.True((await _home.DoAsync("status")).GetProperty("owner").GetBoolean());
        Assert.True(OwnerMarker.Exists(_home.Data));
    }

    [Fact]
    public async Task A_restore_that_is_interrupted_at_any_step_is_finished_or_forgotten_by_the_next_start()
    {
        for (var kill = 0; ; kill++)
        {
            var data = Directory.CreateDirectory(_home.File($"swap{kill}")).FullName;
            Fill(data, "old");
            var steps = 0;
            var swap = new StateSwap(data) { BeforeStep = _ => steps = steps++ == kill ? throw new Killed() : steps };
            Fill(swap.Begin(), "new");
            var isDone = Record.Exception(swap.Commit) is null;

            // The first step writes the journal, from which on there is no way back.
            var isCommitted = kill > 0;

            // A second kill while that is mended, and then a start that comes through.
            var again = 0;
            Record.Exception(() => new StateSwap(data) { BeforeStep = _ => again = again++ == 1 ? throw new Killed() : again }.Finish());
            new StateSwap(data).Finish();

            Assert.Equal(isCommitted ? "new" : "old", await File.ReadAllTextAsync(Path.Combine(data, "authority.db")));
            Assert.Equal(isCommitted ? "new" : "old", await File.ReadAllTextAsync(Path.Combine(data, "brains", "brains.json")));
            Assert.Equal(isCommitted, !File.Exists(Path.Combine(data, "authority.db-wal")));
            Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(data, "untouched")));
            Assert.DoesNotContain(Directory.GetFileSystemEntries(data), path => Path.GetFileName(path).StartsWith("restore.", StringComparison.Ordinal));
            if (isDone)
            {
                Assert.True(kill > 8);
                return;
            }
        }
    }

    private async Task<((string Access, string Refresh) Tokens, byte[] Key)> PrepareAsync()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());
        await _home.SignInAsync();
        var brain = Directory.CreateDirectory(Path.Combine(_home.Data, "brains", "0123456789abcdef")).FullName;
        await File.WriteAllTextAsync(Path.Combine(_home.Data, "brains", "brains.json"), "{\"default\":\"0123456789abcdef\"}");
        DetachedAuthority.Execute(Path.Combine(brain, "index.db"), "PRAGMA journal_mode = WAL; CREATE TABLE Note (Text TEXT); INSERT INTO Note VALUES ('kept')");
        var key = _home.KeyFile();
        await _home.DoAsync("backup", "--out", _home.File("backup"), "--key-file", key);
        return ((tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!), BackupKey.Parse(await File.ReadAllTextAsync(key)));
    }

    private async Task<JsonElement> RestoreAsync(string backup = "backup")
    {
        await _home.StopAsync();
        var outcome = await _home.DoAsync("restore", "--in", _home.File(backup), "--key-file", _home.File("key"), "--replace");
        await _home.StartAsync();
        return outcome;
    }

    private Task<JsonElement> OwnTokenAsync(string id, string secret) => _home.TokenAsync(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));

    private string Extract(string backup, byte[] key)
    {
        var folder = Directory.CreateTempSubdirectory("extract-").FullName;
        using var file = File.OpenRead(backup);
        using var reader = new ArchiveReader(file, key);
        while (reader.Next() is var (name, length))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            using var target = File.Create(Path.Combine(folder, name));
            reader.CopyTo(target, length, CancellationToken.None);
        }

        var moved = _home.File("extracted-" + Path.GetFileName(backup));
        Directory.Move(folder, moved);
        return moved;
    }

    private static long Count(string folder, string table) => (long)Ask(folder, "authority.db", $"SELECT count(*) FROM {table}").Single();

    private static List<object> Ask(string folder, string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return [command.ExecuteScalar()!];
    }

    private static void Fill(string folder, string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, "brains"));
        foreach (var name in text == "old" ? new[] { "authority.db", "authority.db-wal", "owner-exists", "brains/brains.json", "untouched" } : ["authority.db", "owner-exists", "brains/brains.json"])
            File.WriteAllText(Path.Combine(folder, name), text);
    }

    /// <summary>All files of the data directory with what is in them; the lock aside.</summary>
    private string Snapshot() => string.Join('\n', Directory.GetFiles(_home.Data, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) is not "lock").Order(StringComparer.Ordinal)
        .Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"));

    private sealed class Killed : Exception;
}
