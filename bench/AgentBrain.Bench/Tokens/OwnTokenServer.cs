using System.Security.Cryptography;

namespace AgentBrain.Bench.Tokens;

/// <summary>This program as its own authorization server, in a process of its own, with its files on the disk as in production.</summary>
internal sealed class OwnTokenServer : ITokenServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-brain-bench-tokens-").FullName;
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private BenchBrowser _browser = null!;
    private BenchServer _server = null!;

    public string Name => "agent-brain";

    public Uri TokenEndpoint => new(_server.Mcp, "/oauth/token");

    public string ClientId { get; private set; } = "";

    public string Resource => _server.Mcp.AbsoluteUri;

    /// <summary>Starts it, with an owner and a client.</summary>
    public static async Task<OwnTokenServer> StartAsync()
    {
        var own = new OwnTokenServer();
        try
        {
            await own.RunAsync();
            return own;
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }
    }

    public async Task<BenchCode> IssueAsync()
    {
        var (url, verifier) = BenchRegistration.Ask(new Uri(_server.Mcp, "/oauth/authorize"), ClientId, Resource);
        return new BenchCode(await _browser.AuthorizeAsync(url), verifier);
    }

    public async Task<TimeSpan> CpuAsync() => (await _server.UsageAsync()).Cpu;

    public async ValueTask DisposeAsync()
    {
        _browser?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync()
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, _password);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // How many token requests an address has is no setting but on or off, and all of the benchmark come from one.
        _server = await BenchServer.StartAsync(
            root, data, ("AGENT_BRAIN_RATE_PER_ADDRESS", "0"), ("AGENT_BRAIN_AUTH", "oauth"), ("AGENT_BRAIN_OWNER_PASSWORD_FILE", password));
        _browser = new BenchBrowser(_password);
        ClientId = await BenchRegistration.RegisterAsync(new Uri(_server.Mcp, "/oauth/register"));
    }
}
