using System.Diagnostics;
using System.Security.Cryptography;
using AgentBrain.FaultTests.Support;
using Microsoft.Data.Sqlite;

namespace AgentBrain.FaultTests.State;

/// <summary>The real program, killed while it restores.</summary>
public sealed class KilledRestoreTests(ITestOutputHelper output)
{
    private const int Kills = 12;
    private const int Seed = 20261125;
    private const string Password = "violet harbour sketches nine";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Kill_9_during_a_restore_leaves_the_old_state_or_the_new_one_and_never_less()
    {
        using var tree = new TemporaryTree();
        var data = tree.Folder("data");
        var root = tree.Folder("root");
        Write(tree.Combine("password"), Password);
        Write(tree.Combine("key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        // A state with its owner, of a size that takes a moment to be read.
        Assert.Equal(0, await RunAsync(data, root, "status", tree.Combine("password")));
        Fill(data, "the backup's", megabytes: 64);
        Assert.Equal(0, await RunAsync(data, root, $"backup --out {tree.Combine("backup")} --key-file {tree.Combine("key")}"));
        var restore = $"restore --in {tree.Combine("backup")} --key-file {tree.Combine("key")} --replace";
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await RunAsync(data, root, restore));
        var takes = clock.ElapsedMilliseconds;
        Assert.Equal("the backup's", Mark(data));

        var random = new Random(Seed);
        var (old, restored) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            Fill(data, "the old", megabytes: 0);
            using (var process = Start(data, root, restore))
            {
                // Spread over the whole run: the later half is where it reads and swaps.
                await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMilliseconds(random.Next((int)(takes / 3), (int)(takes * 1.2)))));
                process.Kill();
                await process.WaitForExitAsync();
            }

            // Any command opens the directory as a start does.
            Assert.Equal(0, await RunAsync(data, root, "status"));
            var mark = Mark(data);
            Assert.True(mark is "the old" or "the backup's", mark);
            Assert.DoesNotContain(Directory.GetFileSystemEntries(data), path => Path.GetFileName(path).StartsWith("restore.", StringComparison.Ordinal));
            _ = mark == "the old" ? old++ : restored++;
        }

        output.WriteLine($"seed {Seed}: a restore takes {takes} ms; of {Kills} kills {old} left the old state and {restored} the new one");
        Assert.True(old > 0, "No kill came before the restore was complete.");
    }

    private static async Task<int> RunAsync(string data, string root, string command, string? password = null)
    {
        using var process = Start(data, root, command, password);
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    private static Process Start(string data, string root, string command, string? password = null)
    {
        string[] more = password is null ? [] : [$"--AGENT_BRAIN_OWNER_PASSWORD_FILE={password}"];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentBrain.Server.dll"), .. command.Split(' '), $"--AGENT_BRAIN_DATA={data}", $"--AGENT_BRAIN_ROOTS={root}", .. more])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Writes a mark, and ballast, into the database.</summary>
    private static void Fill(string data, string mark, int megabytes)
    {
        Ask(data, "CREATE TABLE IF NOT EXISTS Mark (Text TEXT); DELETE FROM Mark;");
        Ask(data, $"INSERT INTO Mark VALUES ('{mark.Replace("'", "''", StringComparison.Ordinal)}'); CREATE TABLE IF NOT EXISTS Ballast (Bytes BLOB);");
        for (var i = 0; i < megabytes; i++)
            Ask(data, "INSERT INTO Ballast VALUES (randomblob(1048576));");
    }

    private static string? Mark(string data)
    {
        Assert.Equal("ok", Ask(data, "PRAGMA integrity_check"));
        return Ask(data, "SELECT Text FROM Mark") as string;
    }

    private static object? Ask(string data, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "authority.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        Privileges.Mode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
