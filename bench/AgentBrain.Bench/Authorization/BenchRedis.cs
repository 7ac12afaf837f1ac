using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AgentBrain.Bench.Authorization;

/// <summary>A <c>redis-server</c> from the PATH on a free port of the loopback address, with nothing on disk.</summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    private readonly Process _process;

    private BenchRedis(Process process, int port) => (_process, Address) = (process, $"127.0.0.1:{port}");

    /// <summary>Its connection string.</summary>
    public string Address { get; }

    /// <summary>What it has computed so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<BenchRedis> StartAsync()
    {
        var port = BenchServer.FreePort();
        var start = new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        for (var attempt = 0; attempt < 200 && !process.HasExited; attempt++)
        {
            if (await IsListeningAsync(port))
                return new BenchRedis(process, port);

            await Task.Delay(25);
        }

        process.Kill();
        throw new InvalidOperationException("redis-server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
