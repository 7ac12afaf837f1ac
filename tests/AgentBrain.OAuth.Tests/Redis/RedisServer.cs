using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentBrain.OAuth.Tests.Redis;

/// <summary>
/// A <c>redis-server</c> of a test's own, on a free port of the loopback address, that keeps nothing on disk unless asked to. It can be
/// killed, started again, halted and let go on. Where the program is missing the test is skipped, or fails if <c>CI=true</c>.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly string _directory = Directory.CreateTempSubdirectory("agent-brain-redis-").FullName;
    private Process? _process;

    private RedisServer(string[] arguments)
    {
        _arguments = arguments;
        Port = FreePort();
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts one.</summary>
    /// <param name="arguments">More arguments, as on the command line.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        if (Find() is null)
        {
            const string Missing = "there is no redis-server on the PATH (apt-get install redis-server).";
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), $"CI=true, and {Missing}");
            Assert.Skip(Missing);
        }

        var server = new RedisServer(arguments);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on its port, after <see cref="Kill"/>, with what is on its disk, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Find()!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var argument in (string[])["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", _directory, .. _arguments])
            start.ArgumentList.Add(argument);

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await AnswersAsync())
                return;

            Assert.False(_process.HasExited, $"redis-server ended with {(_process.HasExited ? _process.ExitCode : 0)}.");
            await Task.Delay(25);
        }

        Assert.Fail("redis-server does not answer.");
    }

    /// <summary>Ends it without a chance to write anything.</summary>
    public void Kill()
    {
        if (_process is null)
            return;

        if (!_process.HasExited)
            _process.Kill();

        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Halts it: connections stay, answers do not come (SIGSTOP).</summary>
    public void Halt() => Signal("STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void GoOn() => Signal("CONT");

    /// <summary>Sends a command of its own, past every client, and gives back the first line of the answer.</summary>
    public async Task<string> SendAsync(params string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        var text = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
            text.Append($"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");

        await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync() ?? "";
        return line.StartsWith('$') && line != "$-1" ? await reader.ReadLineAsync() ?? "" : line;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await SendAsync("PING") is ['+', ..] or ['-', 'N', 'O', 'A', 'U', 'T', 'H', ..];
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, "redis-server"))
        .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
