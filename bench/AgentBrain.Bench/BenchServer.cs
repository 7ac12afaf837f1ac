using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ModelContextProtocol.Client;

namespace AgentBrain.Bench;

/// <summary>The server in a process of its own.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Uri _url;
    private readonly string _usagePipe;

    private BenchServer(Process process, Uri url, string usagePipe, TimeSpan startupTime) =>
        (_process, _url, _usagePipe, StartupTime) = (process, url, usagePipe, startupTime);

    /// <summary>From the start of the process to its first healthy answer.</summary>
    public TimeSpan StartupTime { get; }

    /// <summary>The URI of its one brain.</summary>
    public Uri Mcp => new(_url, "mcp");

    /// <summary>Starts one, and waits until it is healthy.</summary>
    /// <param name="root">What may be indexed.</param>
    /// <param name="data">Its data directory.</param>
    /// <param name="settings">More settings, by their names as environment variables.</param>
    public static async Task<BenchServer> StartAsync(string root, string data, params (string Name, string Value)[] settings)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}/");
        var usagePipe = UsagePipe.NewName();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentBrain.Server.dll"), "--urls", url.AbsoluteUri.TrimEnd('/')])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGENT_BRAIN_ROOTS"] = root;
        start.Environment["AGENT_BRAIN_DATA"] = data;
        start.Environment["AGENT_BRAIN_PUBLIC_URL"] = url.AbsoluteUri.TrimEnd('/');
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(BenchServer).Assembly.Location;
        start.Environment[UsagePipe.Variable] = usagePipe;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        while (!await IsHealthyAsync(http, url))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException("The server did not start.");
            }

            await Task.Delay(5);
        }

        return new BenchServer(process, url, usagePipe, Stopwatch.GetElapsedTime(started));
    }

    public Task<McpClient> ConnectAsync() =>
        McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = Mcp }));

    /// <summary>What it has computed and allocated so far.</summary>
    public Task<ProcessUsage> UsageAsync() => UsagePipe.AskAsync(_usagePipe);

    public double ResidentMegabytes()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        UsagePipe.Remove(_usagePipe);
    }

    /// <summary>A port of the loopback address on which nobody listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, Uri url)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(url, "health"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }
}
