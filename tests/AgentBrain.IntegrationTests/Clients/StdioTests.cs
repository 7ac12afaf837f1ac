using System.Text.Json;
using AgentBrain.IntegrationTests.Infrastructure;
using ModelContextProtocol.Client;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>The server as a client's child, over standard input and output.</summary>
public sealed class StdioTests(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(null, "2026-07-28")]
    [InlineData("2025-06-18", "2025-06-18")]
    public async Task The_client_indexes_searches_reads_and_is_told_of_changes(string? asked, string negotiated)
    {
        using var site = new Site(node);
        await using var client = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = ServerProgram.Dotnet,
                Arguments = [ServerProgram.Assembly, "--stdio"],
                EnvironmentVariables = ServerProgram.Variables(site.Data, site.Root, secret: null),
            }),
            new McpClientOptions { ProtocolVersion = asked });
        var report = await SdkVisit.RunAsync(client, site.Root);
        report.AssertComplete();
        Assert.Equal(negotiated, report.Protocol);
    }

    [Fact]
    public async Task Standard_output_has_nothing_but_messages_and_the_server_ends_with_its_input()
    {
        using var directory = new TemporaryDirectory();
        await using var server = ChildProcess.Start(
            ServerProgram.Dotnet,
            [ServerProgram.Assembly, "--stdio"],
            ServerProgram.Variables(directory.Make("data"), directory.Make("root"), secret: null));
        await server.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        await server.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await server.WriteLineAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        await server.WriteLineAsync("""{"jsonrpc":"2.0","id":3,"method":"no/such/method"}""");
        await AnswersAsync(server, 3);
        server.CloseInput();
        Assert.Equal(0, await server.WaitAsync(Patience));
        var messages = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(messages, message => Assert.Equal("2.0", message.GetProperty("jsonrpc").GetString()));
        Assert.Equal([1, 2, 3], messages.Select(message => message.GetProperty("id").GetInt32()).Order());
    }

    private static async Task AnswersAsync(ChildProcess server, int count)
    {
        using var late = new CancellationTokenSource(Patience);
        while (server.Output.Count(character => character == '\n') < count)
            await Task.Delay(20, late.Token);
    }
}
