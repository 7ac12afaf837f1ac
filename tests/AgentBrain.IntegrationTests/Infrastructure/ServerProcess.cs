using System.Diagnostics;

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>The server in a process of its own, listening on a loopback port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>A secret of the basic mode, for tests only.</summary>
    public const string Secret = "q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0Ja-eUiOoPlKjM7xCvBn";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyDictionary<string, string?> variables;
    private readonly int port;
    private ChildProcess child;

    private ServerProcess(IReadOnlyDictionary<string, string?> variables, int port)
    {
        (this.variables, this.port) = (variables, port);
        child = StartChild();
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Its MCP endpoint.</summary>
    public Uri Endpoint => new(Url, "mcp");

    public int Id => child.Id;

    public string Output => child.Output;

    public string Errors => child.Errors;

    /// <summary>Starts the server and waits until it is healthy.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="roots">The roots.</param>
    /// <param name="secret">The secret of mode <c>basic</c>; null for mode <c>none</c>.</param>
    public static Task<ServerProcess> StartAsync(string data, string roots, string? secret = null) =>
        StartAsync(new ServerProcess(ServerProgram.Variables(data, roots, secret), port: 0));

    /// <summary>Starts the server at an address that it knows itself by, and waits until it is healthy.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="roots">The roots.</param>
    /// <param name="settings">Variables beyond those; its public URL is added.</param>
    /// <param name="port">A free port.</param>
    public static Task<ServerProcess> StartAsync(string data, string roots, IReadOnlyDictionary<string, string?> settings, int port)
    {
        var all = ServerProgram.Variables(data, roots, secret: null);
        all["AGENT_BRAIN_PUBLIC_URL"] = $"http://127.0.0.1:{port}";
        foreach (var (name, value) in settings)
            all[name] = value;

        return StartAsync(new ServerProcess(all, port));
    }

    /// <summary>Asks it to stop; returns its exit code.</summary>
    public Task<int> StopAsync() => child.StopAsync();

    /// <summary>Ends it without warning.</summary>
    public Task KillAsync() => child.KillAsync();

    /// <summary>Starts it again on the same data, after it was stopped or killed.</summary>
    public async Task RestartAsync()
    {
        await child.DisposeAsync();
        child = StartChild();
        await WaitUntilHealthyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!child.HasExited)
                await child.StopAsync();
        }
        finally
        {
            await child.DisposeAsync();
        }
    }

    private static async Task<ServerProcess> StartAsync(ServerProcess server)
    {
        try
        {
            await server.WaitUntilHealthyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private ChildProcess StartChild() =>
        ChildProcess.Start(ServerProgram.Dotnet, [ServerProgram.Assembly, "--urls", $"http://127.0.0.1:{port}"], variables);

    private async Task WaitUntilHealthyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        while (true)
        {
            if (child.HasExited || Stopwatch.GetElapsedTime(started) > StartTime)
                throw new InvalidOperationException($"The server did not start.\n{Output}\n{Errors}");

            // The port is known once the server says it.
            if (ListeningUrl() is { } url)
            {
                Url = url;
                using var response = await http.GetAsync(new Uri(Url, "health"));
                if (response.IsSuccessStatusCode)
                    return;
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The address in the banner, once the banner is there.</summary>
    private Uri? ListeningUrl()
    {
        const string Label = "  listening  ";
        var lines = Output.Split('\n');
        var line = lines[..^1].FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is null ? null : new Uri(line[Label.Length..].Trim());
    }
}
