using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AgentBrain.FaultTests.Support;
using AgentBrain.OAuth.Tests.Dpop;
using AgentBrain.OAuth.Tests.Redis;
using AgentBrain.Server.Tests.Authorization.OAuth;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>
/// Servers behind one public URL, which are processes that share an issuer and, where there is one, a Redis. Clients come to them past
/// the terminator of TLS, on the loopback address.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const string Resource = "https://brain.example/mcp";

    private readonly TemporaryTree _tree = new();
    private readonly List<ServerProcess> _servers = [];

    private Deployment(TestIssuer issuer, RedisServer? redis)
    {
        Issuer = issuer;
        Redis = redis;
        _tree.Write("root/kept/anchor.md", "# Anchor\n\nlighthouse keeper");
    }

    public TestIssuer Issuer { get; }

    public RedisServer? Redis { get; }

    public ProofMaker Key { get; } = ProofMaker.Create("ES256");

    /// <summary>With a Redis; the test is skipped where there is no <c>redis-server</c>.</summary>
    public static async Task<Deployment> WithRedisAsync() => new(await TestIssuer.StartAsync(), await RedisServer.StartAsync());

    /// <summary>Without: a server remembers proofs in its memory.</summary>
    public static async Task<Deployment> AloneAsync() => new(await TestIssuer.StartAsync(), null);

    /// <summary>Writes a document that the servers may index.</summary>
    public void Write(string path, string text) => _tree.Write(path, text);

    /// <summary>How to start a server; no limit of rate, and a data directory of its own.</summary>
    public ServerOptions Options(string name, string? issuer = null, string? redis = null)
    {
        var options = new ServerOptions { Root = _tree.Combine("root"), Data = _tree.Combine(name) }
            .With("AGENT_BRAIN_AUTH", "oauth")
            .With("AGENT_BRAIN_PUBLIC_URL", "https://brain.example")
            .With("AGENT_BRAIN_TRUSTED_PROXIES", "192.0.2.1/32")
            .With("AGENT_BRAIN_OAUTH_ISSUER", issuer ?? Issuer.Url)
            .With("AGENT_BRAIN_OAUTH_ACCESS", "subject:alice=all")
            .With("AGENT_BRAIN_RATE_PER_ADDRESS", "0")
            .With("AGENT_BRAIN_RATE_PER_PRINCIPAL", "0")
            .With("AGENT_BRAIN_DPOP_RATE_PER_KEY", "0")
            .With("AGENT_BRAIN_DPOP_PROOFS_PER_KEY", "0");
        redis ??= Redis?.ConnectionString;
        return redis is null ? options : options.With("AGENT_BRAIN_REDIS", redis);
    }

    /// <summary>Starts a server, which ends with the deployment if not before.</summary>
    public async Task<ServerProcess> StartServerAsync(ServerOptions options)
    {
        var server = await ServerProcess.StartAsync(options);
        _servers.Add(server);
        return server;
    }

    /// <summary>Starts a server, and lets it reach its Redis.</summary>
    public async Task<ServerProcess> StartServerAsync(string name)
    {
        var server = await StartServerAsync(Options(name));
        await AwaitHealthAsync(server, 200, TimeSpan.FromSeconds(10));
        return server;
    }

    /// <summary>A token that is bound to <see cref="Key"/>.</summary>
    public string BoundToken() => Issuer.Token(Resource, "agent-brain:read", claims => claims["cnf"] = new JsonObject { ["jkt"] = Key.Thumbprint });

    public string BearerToken() => Issuer.Token(Resource);

    /// <summary>A proof that was never used.</summary>
    public string Proof(string token, string? nonce) => Key.Sign(Key.Header(), ProofMaker.Claims("POST", Resource, TimeProvider.System.GetUtcNow(), token, nonce));

    /// <summary>A call with a bound token.</summary>
    public byte[] Call(string token, string? nonce) => Request(("Authorization", "DPoP " + token), ("DPoP", Proof(token, nonce)));

    /// <summary>A call with an unbound one.</summary>
    public static byte[] Call(string token) => Request(("Authorization", "Bearer " + token));

    /// <summary>A request that lists the tools, with credentials or without. It is the same for every server, as through a terminator.</summary>
    public static byte[] Request(params (string Name, string Value)[] headers)
    {
        const string Body = """{"jsonrpc":"2.0","id":4,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";
        return RawRequest.Make("POST", "/mcp", Body, [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list"), .. headers]);
    }

    /// <summary>A nonce of a server, which it gives to whoever comes with a wrong one; null when it gives none.</summary>
    public async Task<string?> NonceAsync(ServerProcess server, string token) => (await SendAsync(server, Call(token, "wrong"))).Nonce;

    /// <summary>Sends a request over a connection of its own.</summary>
    public static async Task<Reply> SendAsync(ServerProcess server, byte[] request)
    {
        using var connection = await KeptConnection.OpenAsync(server.Url);
        return await connection.AskAsync(request);
    }

    public static async Task<int> HealthAsync(ServerProcess server) => (await SendAsync(server, RawRequest.Make("GET", "/health", ""))).Status;

    /// <summary>Awaits a status of <c>/health</c>, and tells how long it took.</summary>
    public static async Task<TimeSpan> AwaitHealthAsync(ServerProcess server, int status, TimeSpan within)
    {
        var start = TimeProvider.System.GetTimestamp();
        int last;
        while ((last = await HealthAsync(server)) != status)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < within, $"/health is {last} and not {status} after {within}:\n{server.Output.Text}");
            await Task.Delay(10);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();

        if (Redis is not null)
            await Redis.DisposeAsync();

        await Issuer.DisposeAsync();
        Key.Dispose();
        _tree.Dispose();
    }
}
