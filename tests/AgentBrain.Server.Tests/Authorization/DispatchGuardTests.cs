using System.IO.Pipelines;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class DispatchGuardTests
{
    public static TheoryData<string> Messages { get; } =
    [
        Hosting.Messages.Ping,
        Hosting.Messages.Initialize,
        Hosting.Messages.Call("query_count"),
        """{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"re\u006dove_folder"}}""",
        """{"params":{"name":"p","arguments":{"name":"q"}},"id":3,"jsonrpc":"2.0","method":"prompts\/get"}""",
        """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a%20b","_meta":{"uri":"other"}}}""",
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}""",
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b","c:d"]}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"name":"remove_folder"}}""",
        """{"jsonrpc":"2.0","id":1,"result":{"method":"tools/call"}}""",
        """{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}""",
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_the_gate_reads_is_what_the_SDK_runs(string body)
    {
        using var document = JsonDocument.Parse(body);
        var dispatched = JsonSerializer.Deserialize<JsonRpcMessage>(body, McpJsonUtilities.DefaultOptions)!;

        Assert.Equal(MessageReader.Read(document.RootElement), DispatchReader.Read(dispatched));
    }

    /// <summary>Why the gate refuses names in another case: the SDK takes them, and the last one wins.</summary>
    [Fact]
    public void The_SDK_itself_would_take_a_name_in_another_case()
    {
        var call = JsonSerializer.Deserialize<CallToolRequestParams>("""{"name":"query_count","Name":"remove_folder"}""", McpJsonUtilities.DefaultOptions)!;

        Assert.Equal("remove_folder", call.Name);
        Assert.Throws<OperationException>(() => DispatchReader.Read(new JsonRpcRequest
        {
            Method = "tools/call",
            Params = JsonNode.Parse("""{"name":"query_count","Name":"remove_folder"}"""),
        }));
    }

    [Fact]
    public async Task A_message_that_changed_after_the_gate_does_not_run()
    {
        await using var brain = await TestBrain.Start("none", null, SwapBody);
        var session = await brain.Initialize();
        using var request = brain.Post(Hosting.Messages.Call("query_count"), session);
        request.Headers.Add("X-Swap", "remove_folder");

        using var response = await brain.Client.SendAsync(request);

        Assert.Contains("-32600", await response.Content.ReadAsStringAsync());
        Assert.Empty(brain.Log.Calls);
        Assert.Contains(brain.Log.Lines, line => line.Contains("dispatch_differs") && line.Contains("remove_folder"));
    }

    [Fact]
    public async Task A_message_without_the_gates_decision_does_not_run()
    {
        await using var brain = await TestBrain.Start("none", null, SwapBody);
        var session = await brain.Initialize();
        using var request = brain.Post(Hosting.Messages.Call("query_count"), session);
        request.Headers.Add("X-Swap", "query_count");
        request.Headers.Add("X-Forget", "1");

        using var response = await brain.Client.SendAsync(request);

        Assert.DoesNotContain("ran query_count", await response.Content.ReadAsStringAsync());
        Assert.Empty(brain.Log.Calls);
    }

    [Fact]
    public async Task Over_standard_input_the_local_caller_is_served_and_the_table_holds()
    {
        var folder = Directory.CreateTempSubdirectory("brain-stdio-").FullName;
        var log = new ToolLog();
        var (input, output) = (new Pipe(), new Pipe());
        using (var host = StdioHost.Create(TestBrain.Arguments("none", folder), mcp => TestBrain.RegisterFakes(mcp, log), (input.Reader.AsStream(), output.Writer.AsStream())))
        {
            await host.StartAsync();
            using var lines = new StreamReader(output.Reader.AsStream());
            Assert.Contains("serverInfo", await Ask(input, lines, Hosting.Messages.Initialize));
            Assert.Contains("local", await Ask(input, lines, Hosting.Messages.Call("whoami")));
            Assert.Contains("ran remove_folder", await Ask(input, lines, Hosting.Messages.Call("remove_folder")));
            Assert.Contains("-32602", await Ask(input, lines, Hosting.Messages.Call("nothing")));
            Assert.Contains("-32601", await Ask(input, lines, """{"jsonrpc":"2.0","id":5,"method":"tasks/list"}"""));
            Assert.Contains("-32600", await Ask(input, lines, """{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"query_count","Name":"remove_folder"}}"""));
            await input.Writer.CompleteAsync();
            await host.StopAsync();
        }

        Assert.Single(log.Calls);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Over_standard_input_a_misspelled_setting_is_told_as_over_HTTP()
    {
        var folder = Directory.CreateTempSubdirectory("brain-stdio-").FullName;
        using (var host = StdioHost.Create(TestBrain.Arguments("none", folder, "--AGENT_BRAIN_ROOT=x"), static _ => { }, (Stream.Null, Stream.Null)))
        {
            Assert.Equal(["AGENT_BRAIN_ROOT"], host.Services.GetRequiredService<ServerSettings>().UnknownNames);
            Assert.Single(host.Services.GetServices<IHostedService>().OfType<StartNotices>());
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> Ask(Pipe input, StreamReader lines, string message)
    {
        await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(message + "\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await lines.ReadLineAsync(limit.Token) ?? "";
    }

    /// <summary>A fault after the gate: another step replaces the body, or the identity.</summary>
    private static void SwapBody(WebApplication app) => app.Use(async (context, proceed) =>
    {
        if (context.Request.Headers["X-Swap"].ToString() is { Length: > 0 } tool)
        {
            var body = Encoding.UTF8.GetBytes(Hosting.Messages.Call(tool));
            context.Request.Body = new MemoryStream(body);
            context.Request.ContentLength = body.Length;
            if (context.Request.Headers.ContainsKey("X-Forget"))
                context.User = new ClaimsPrincipal(new CallerIdentity(Caller.From(context.User)));
        }

        await proceed(context);
    });
}
