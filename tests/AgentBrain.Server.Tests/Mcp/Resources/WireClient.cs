using System.IO.Pipelines;
using System.Text.Json.Nodes;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Mcp.Resources;
using AgentBrain.Server.Mcp.Subscriptions;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Mcp.Resources;

/// <summary>The SDK's server over in-memory pipes, spoken to in raw lines so that the tests see what is on the wire.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly ServiceProvider _provider;
    private readonly StreamReader _lines;
    private readonly Stream _input;
    private int _id;

    public WireClient(ICallContexts contexts, TimeProvider? time = null, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton(contexts);
        services.AddSingleton(Limits.Standard);
        configure?.Invoke(services);
        services.AddMcpServer()
            .WithStreamServerTransport(_toServer.Reader.AsStream(), _toClient.Writer.AsStream())
            .AddBrainResources()
            .AddBrainSubscriptions();
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        Running = _provider.GetRequiredService<McpServer>().RunAsync();
        _lines = new StreamReader(_toClient.Reader.AsStream());
        _input = _toServer.Writer.AsStream();
    }

    public Task Running { get; }

    public OpenStreams Streams => _provider.GetRequiredService<OpenStreams>();

    public string Version { get; set; } = Modern;

    /// <summary>The SDK's own client on these pipes, instead of raw lines.</summary>
    public Task<McpClient> ConnectAsync() =>
        McpClient.CreateAsync(new StreamClientTransport(_input, _toClient.Reader.AsStream()), new McpClientOptions { ProtocolVersion = Version });

    public async Task<WireClient> InitializeAsync()
    {
        Version = Legacy;
        var answer = await AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = Legacy,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        Assert.NotNull(answer["result"]);
        await WriteAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return this;
    }

    public async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null)
    {
        var id = await SendAsync(method, parameters);
        while (true)
        {
            var message = await ReadAsync();
            if (message["id"]?.GetValue<long>() == id)
            {
                return message;
            }
        }
    }

    public async Task<long> SendAsync(string method, JsonObject? parameters = null)
    {
        parameters ??= [];
        if (Version == Modern)
        {
            parameters["_meta"] = Meta();
        }

        var id = ++_id;
        await WriteAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
        return id;
    }

    public Task<JsonObject> ReadResourceAsync(string uri) => AskAsync("resources/read", new JsonObject { ["uri"] = uri });

    public Task<long> ListenAsync(params string[] uris) => SendAsync("subscriptions/listen", Listen(uris));

    public async Task<JsonObject> ReadAsync()
    {
        var line = await _lines.ReadLineAsync().WaitAsync(Patience);
        return JsonNode.Parse(line ?? throw new InvalidOperationException("The server closed the stream."))!.AsObject();
    }

    public async Task CloseInputAsync() => await _input.DisposeAsync();

    public Task WriteAsync(JsonObject message) => WriteAsync(message.ToJsonString());

    public static JsonObject Listen(params string[] uris) => new()
    {
        ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray([.. uris.Select(uri => JsonValue.Create(uri))]) },
    };

    public static JsonObject Meta() => new()
    {
        ["io.modelcontextprotocol/protocolVersion"] = Modern,
        ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
    };

    public async ValueTask DisposeAsync()
    {
        await CloseInputAsync();
        await Running.WaitAsync(Patience);
        await _provider.DisposeAsync();
    }

    private async Task WriteAsync(string line)
    {
        await _input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        await _input.FlushAsync();
    }
}
