using System.Diagnostics;
using ModelContextProtocol.Client;

namespace AgentBrain.FaultTests.Support;

/// <summary>The real server in a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private ServerProcess(Process process, ServerOutput output, Uri url) => (_process, Output, Url) = (process, output, url);

    public ServerOutput Output { get; }

    public Uri Url { get; }

    public Uri Endpoint => new(Url, "mcp");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a server and waits until it serves.</summary>
    public static async Task<ServerProcess> StartAsync(ServerOptions options)
    {
        var (process, output) = Launch(options);
        var listening = await output.FindAsync("  listening  ", 0, StartLimit);
        if (listening is not { } found)
        {
            process.Dispose();
            throw new InvalidOperationException($"The server did not start:\n{output.Text}");
        }

        return new ServerProcess(process, output, new Uri(found.Line.Split("  listening  ")[1].Split(',')[0].Trim()));
    }

    /// <summary>Starts a server that is expected to refuse, and waits for its end.</summary>
    public static async Task<(int ExitCode, string Output)> RefusesAsync(ServerOptions options)
    {
        var (process, output) = Launch(options);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output.Text);
        }
        finally
        {
            process.Kill();
            process.Dispose();
        }
    }

    /// <summary>A client of its own connection.</summary>
    /// <param name="authorization">The header of that name; null for none.</param>
    public Task<McpClient> ConnectAsync(string? authorization = null) => McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
    {
        Endpoint = Endpoint,
        AdditionalHeaders = authorization is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = authorization },
    }));

    /// <summary>SIGKILL: the process has no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>Kills the server, and waits until the processes that it had started have ended by themselves.</summary>
    public async Task KillWithoutOrphansAsync()
    {
        var children = Children();
        await KillAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        foreach (var child in children)
        {
            using (child)
                await child.WaitForExitAsync(limit.Token);
        }
    }

    /// <summary>SIGTERM, as an operator stops it; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString()]))
            await kill.WaitForExitAsync();

        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();

        _process.Dispose();
    }

    private List<Process> Children()
    {
        var list = $"/proc/{Id}/task";
        if (!Directory.Exists(list))
            return [];

        // A thread's list has the processes that it started.
        var ids = Directory.GetDirectories(list).SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var children = new List<Process>();
        foreach (var id in ids)
        {
            try
            {
                children.Add(Process.GetProcessById(int.Parse(id)));
            }
            catch (ArgumentException)
            {
                // It has ended since it was listed.
            }
        }

        return children;
    }

    private static (Process Process, ServerOutput Output) Launch(ServerOptions options)
    {
        string[] server = ["dotnet", Path.Combine(AppContext.BaseDirectory, "AgentBrain.Server.dll"), "--urls", $"http://127.0.0.1:{options.Port}"];
        string[] command = options.Unprivileged ? [.. Privileges.Drop, .. server] : server;
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = options.Root,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AGENT_BRAIN_", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        start.Environment["AGENT_BRAIN_ROOTS"] = options.Root;
        start.Environment["AGENT_BRAIN_DATA"] = options.Data;
        start.Environment["HOME"] = options.Data;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (var (name, value) in options.Settings)
            start.Environment[name] = value;

        var output = new ServerOutput();
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Exited += (_, _) =>
        {
            // Waits for what is still in the pipes.
            process.WaitForExit();
            output.End();
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output);
    }
}
