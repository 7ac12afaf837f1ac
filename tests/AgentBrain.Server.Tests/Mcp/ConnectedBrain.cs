using System.IO.Pipelines;
using System.Text.Json;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Brains.Storage;
using AgentBrain.Server.Mcp;
using AgentBrain.Server.Tests.Brains.Indexing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Mcp;

/// <summary>A real brain behind a real MCP server, with a real client connected in memory.</summary>
internal sealed class ConnectedBrain : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProvider _services;
    private readonly Task _serving;
    private readonly Dictionary<string, Tool> _tools = [];

    private ConnectedBrain(RunningBrain running, ServiceProvider services, FakeCallContexts contexts)
    {
        (Running, _services, Contexts) = (running, services, contexts);
        _serving = services.GetRequiredService<McpServer>().RunAsync(_stop.Token);
    }

    public RunningBrain Running { get; }

    public OpenBrain Brain => Running.Brain;

    public FakeCallContexts Contexts { get; }

    public CapturedLog Log { get; private init; } = null!;

    public McpClient Client { get; private set; } = null!;

    public string RootPath => Running.Root.Path;

    public IReadOnlyDictionary<string, Tool> Tools => _tools;

    /// <param name="work">True to have the brain's worker run jobs.</param>
    /// <param name="time">The clock of the tools.</param>
    /// <param name="protocol">The protocol version that the client asks for; its newest if null.</param>
    public static async Task<ConnectedBrain> StartAsync(bool work = false, TimeProvider? time = null, string? protocol = null)
    {
        var running = new RunningBrain(work: work);
        var (up, down) = (new Pipe(), new Pipe());
        var log = new CapturedLog();
        var contexts = new FakeCallContexts(running.Brain);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddSingleton<ICallContexts>(contexts);
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddMcpServer().WithStreamServerTransport(up.Reader.AsStream(), down.Writer.AsStream()).AddBrainTools();
        var connected = new ConnectedBrain(running, services.BuildServiceProvider(), contexts) { Log = log };
        connected.Client = await McpClient.CreateAsync(
            new StreamClientTransport(up.Writer.AsStream(), down.Reader.AsStream()),
            new McpClientOptions { ProtocolVersion = protocol });
        foreach (var tool in await connected.Client.ListToolsAsync())
        {
            connected._tools.Add(tool.Name, tool.ProtocolTool);
        }

        return connected;
    }

    /// <summary>Calls a tool; a result without an error must conform to the tool's output schema.</summary>
    public async Task<CallToolResult> CallAsync(string tool, object? arguments = null, IProgress<ModelContextProtocol.ProgressNotificationValue>? progress = null, CancellationToken cancellationToken = default)
    {
        var given = arguments is null ? [] : JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
        var result = await Client.CallToolAsync(tool, given, progress, cancellationToken: cancellationToken);
        Assert.NotEmpty(Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text);
        if (result.IsError is true)
        {
            Assert.Null(result.StructuredContent);
            Assert.Matches("^[a-z_]+$", result.Meta!["agent-brain/error"]!["reason"]!.GetValue<string>());
        }
        else
        {
            Assert.Empty(SchemaCheck.Errors(_tools[tool].OutputSchema!.Value, result.StructuredContent!.Value));
        }

        return result;
    }

    /// <summary>Calls a tool that must not refuse; returns its structured content.</summary>
    public async Task<JsonElement> AnswerAsync(string tool, object? arguments = null)
    {
        var result = await CallAsync(tool, arguments);
        Assert.False(result.IsError is true, TextOf(result));
        return result.StructuredContent!.Value;
    }

    /// <summary>Calls a tool that must refuse; returns reason and sentence.</summary>
    public async Task<(string Reason, int Code, string Text)> RefusalAsync(string tool, object? arguments = null)
    {
        var result = await CallAsync(tool, arguments);
        Assert.True(result.IsError, TextOf(result));
        var error = result.Meta!["agent-brain/error"]!;
        return (error["reason"]!.GetValue<string>(), error["code"]!.GetValue<int>(), TextOf(result));
    }

    public static string TextOf(CallToolResult result) => ((TextContentBlock)result.Content[0]).Text;

    /// <summary>Puts a file with hand-made chunks into the index.</summary>
    public void Seed(string path, string text, string language = "markdown", string sourceType = "doc", string? symbol = null, string? heading = null, string? metadata = null) =>
        Running.Database.Write(session =>
        {
            var folder = FoldersTable.Upsert(session, new BrainPath("root", ""), new FolderSettings(), metadata);
            FoldersTable.MarkIndexed(session, folder, DateTimeOffset.UnixEpoch);
            var draft = new ChunkDraft(text, 3, 9, heading, symbol, symbol is null ? null : "method");
            FilesTable.Replace(
                session,
                folder,
                new PreparedFile
                {
                    Path = new BrainPath("root", path),
                    Sha256 = "0",
                    Size = text.Length,
                    Modified = DateTimeOffset.UnixEpoch,
                    Type = new FileType(DocumentFormat.Markdown, language),
                    SourceType = sourceType,
                    Chunks = [new PreparedChunk(draft, TextAnalyzer.Analyze(text), TextAnalyzer.Analyze($"{path} {heading} {symbol}"))],
                },
                "v1",
                "job_1");
        });

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _services.DisposeAsync();
        await Running.DisposeAsync();
        _stop.Dispose();
    }
}
