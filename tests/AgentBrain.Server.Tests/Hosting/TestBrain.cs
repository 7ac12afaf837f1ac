using System.Collections.Concurrent;
using System.Text;
using AgentBrain.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Hosting;

/// <summary>The server as it is built for production, on a loopback socket, with a few tools that only note that they ran.</summary>
internal sealed class TestBrain : IAsyncDisposable
{
    public const string Secret = "q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0Ja-eUiOoPlKjM7xCvBn";
    public const string SecondSecret = "Zt5Yw8Rk2Qp7Lx4Mn9Vb1Cs6Df3Gh0Aj_TrEwQuYiOpZaXnCm";

    private readonly WebApplication app;
    private readonly string folder;

    private TestBrain(WebApplication app, string folder, ToolLog log)
    {
        this.app = app;
        this.folder = folder;
        Log = log;
        Client = NewClient();
    }

    public HttpClient Client { get; }

    public ToolLog Log { get; }

    public IServiceProvider Services => app.Services;

    public WebApplication App => app;

    public Uri Url => new(app.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal));

    public int Port => Url.Port;

    public static Task<TestBrain> StartNone(Action<WebApplicationBuilder>? configure = null, params string[] more) => Start("none", configure, null, more);

    /// <summary>In the mode oauth, with one issuer; the public URL is the server's own.</summary>
    public static Task<TestBrain> StartOAuth(string issuer, Action<WebApplicationBuilder>? configure = null, params string[] more)
    {
        string[] access = more.Any(arg => arg.StartsWith("--AGENT_BRAIN_OAUTH_ACCESS=", StringComparison.Ordinal)) ? [] : ["--AGENT_BRAIN_OAUTH_ACCESS=subject:alice=all"];
        return OnFreePort(port => Start("oauth", configure, null, [$"--AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:{port}", $"--urls=http://127.0.0.1:{port}", $"--AGENT_BRAIN_OAUTH_ISSUER={issuer}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0", .. access, .. more]));
    }

    /// <summary>Starts where the port must be known before; another process may take it between, and then another one is tried.</summary>
    public static async Task<TestBrain> OnFreePort(Func<int, Task<TestBrain>> start)
    {
        for (var left = 4; ; left--)
        {
            try
            {
                return await start(FreePort());
            }
            catch (IOException) when (left > 0)
            {
                // Taken meanwhile.
            }
        }
    }

    public static Task<TestBrain> StartBasic(Action<WebApplicationBuilder>? configure = null, params string[] more) => Start("basic", configure, null, more);

    /// <summary>With the tools, resources and subscriptions of production instead of those that note that they ran.</summary>
    public static Task<TestBrain> StartServing(string mode, Action<WebApplicationBuilder>? configure = null) =>
        Start(mode, static (mcp, _) => BrainServices.Add(mcp), configure, null);

    public static Task<TestBrain> Start(string mode, Action<WebApplicationBuilder>? configure, Action<WebApplication>? late = null, params string[] more) =>
        Start(mode, RegisterFakes, configure, late, more);

    private static async Task<TestBrain> Start(string mode, Action<IMcpServerBuilder, ToolLog> register, Action<WebApplicationBuilder>? configure, Action<WebApplication>? late, params string[] more)
    {
        var directory = Directory.CreateTempSubdirectory("brain-test-").FullName;
        var log = new ToolLog();
        var built = AgentBrainHost.Create(Arguments(mode, directory, more), mcp => register(mcp, log), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
            configure?.Invoke(builder);
        });
        late?.Invoke(built);
        await built.StartAsync();
        return new TestBrain(built, directory, log);
    }

    public static string[] Arguments(string mode, string directory, params string[] more)
    {
        var root = Directory.CreateDirectory(Path.Combine(directory, "root")).FullName;
        var secret = Path.Combine(directory, "secret");
        File.WriteAllText(secret, $"{Secret}\n{SecondSecret}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] first = [$"--AGENT_BRAIN_AUTH={mode}", $"--AGENT_BRAIN_DATA={directory}/data"];
        string[] roots = more.Any(arg => arg.StartsWith("--AGENT_BRAIN_BRAINS_FILE=", StringComparison.Ordinal)) ? [] : [$"--AGENT_BRAIN_ROOTS={root}"];
        string[] basic = mode == "basic" ? [$"--AGENT_BRAIN_BASIC_SECRET_FILE={secret}"] : [];
        string[] urls = more.Any(arg => arg.StartsWith("--urls", StringComparison.Ordinal)) ? [] : ["--urls=http://127.0.0.1:0"];
        return [.. first, .. roots, .. basic, .. urls, .. more];
    }

    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }

    public HttpClient NewClient(string? secret = null)
    {
        var client = new HttpClient { BaseAddress = Url };
        if (secret is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + secret);
        return client;
    }

    /// <summary>A POST to the MCP endpoint as a client makes it.</summary>
    public HttpRequestMessage Post(string body, string? session = null, string? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        Complete(request, session, version);
        return request;
    }

    public static void Complete(HttpRequestMessage request, string? session = null, string? version = null)
    {
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (session is not null)
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        if (version is not null)
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version);
    }

    /// <summary>Opens a session and returns its id.</summary>
    public async Task<string> Initialize(HttpClient? client = null)
    {
        using var response = await (client ?? Client).SendAsync(Post(Messages.Initialize));
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public static void RegisterFakes(IMcpServerBuilder mcp, ToolLog log)
    {
        foreach (var (name, readOnly, destructive) in new[] { ("query_count", true, false), ("index_folder", false, false), ("remove_folder", false, true) })
        {
            mcp.Services.AddSingleton(McpServerTool.Create(
                () => log.Ran(name),
                new McpServerToolCreateOptions { Name = name, ReadOnly = readOnly, Destructive = destructive, Idempotent = true, OpenWorld = false }));
        }

        mcp.Services.AddSingleton(McpServerTool.Create(
            (RequestContext<CallToolRequestParams> context) => AgentBrain.Server.Authorization.Caller.From(context.User).Subject,
            new McpServerToolCreateOptions { Name = "whoami", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false }));
        mcp.WithListResourcesHandler((_, _) => ValueTask.FromResult(new ListResourcesResult()))
            .WithReadResourceHandler((context, _) =>
            {
                log.Ran(context.Params!.Uri);
                return ValueTask.FromResult(new ReadResourceResult());
            })
            .WithSubscribeToResourcesHandler((context, _) =>
            {
                log.Ran("subscribe " + context.Params!.Uri);
                return ValueTask.FromResult(new EmptyResult());
            })
            .WithUnsubscribeFromResourcesHandler((_, _) => ValueTask.FromResult(new EmptyResult()));
    }
}

/// <summary>What ran, and what was logged.</summary>
internal sealed class ToolLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    public string Ran(string name)
    {
        Calls.Enqueue(name);
        return "ran " + name;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");

    public void Dispose()
    {
    }
}

/// <summary>Messages that tests send.</summary>
internal static class Messages
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-06-18";

    public const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    public const string Ping = """{"jsonrpc":"2.0","id":2,"method":"ping"}""";

    public static string Call(string tool) =>
        """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"TOOL","arguments":{}}}""".Replace("TOOL", tool, StringComparison.Ordinal);

    /// <summary>A message of the newest revision; <paramref name="parameters"/> without braces.</summary>
    public static string ModernRequest(string method, string parameters = "") =>
        """{"jsonrpc":"2.0","id":4,"method":"METHOD","params":{PARAMS"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"""
            .Replace("METHOD", method, StringComparison.Ordinal)
            .Replace("PARAMS", parameters.Length > 0 ? parameters + "," : "", StringComparison.Ordinal);
}
