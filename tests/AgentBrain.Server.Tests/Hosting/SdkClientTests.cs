using AgentBrain.Server.Configuration;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Tests.Hosting;

/// <summary>The official client must get through with what it sends by itself, in both generations of the protocol.</summary>
public sealed class SdkClientTests
{
    [Theory]
    [InlineData("none", null)]
    [InlineData("none", "2025-06-18")]
    [InlineData("basic", null)]
    [InlineData("basic", "2025-06-18")]
    public async Task The_official_client_lists_calls_and_reads(string mode, string? version)
    {
        await using var brain = await TestBrain.Start(mode, null);
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(brain.Url, "/mcp"),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = mode == "basic" ? new Dictionary<string, string> { ["Authorization"] = "Bearer " + TestBrain.Secret } : null,
            }),
            new McpClientOptions { ProtocolVersion = version });

        var tools = await client.ListToolsAsync();
        var answer = await client.CallToolAsync("whoami");
        await client.ReadResourceAsync("file:///a");

        Assert.Contains(tools, tool => tool.Name == "remove_folder");
        Assert.Equal(mode == "basic" ? new BasicSecret(TestBrain.Secret).Principal : "local", Assert.IsType<TextContentBlock>(Assert.Single(answer.Content)).Text);
        Assert.Contains("file:///a", brain.Log.Calls);
        Assert.Equal(version ?? "2026-07-28", client.NegotiatedProtocolVersion);
    }
}
