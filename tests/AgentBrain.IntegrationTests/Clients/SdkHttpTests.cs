using System.Net;
using AgentBrain.IntegrationTests.Infrastructure;
using ModelContextProtocol.Client;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>The C# SDK's client over HTTP.</summary>
public sealed class SdkHttpTests(NodeEnvironment node)
{
    [Theory]
    [InlineData(null, "2026-07-28", null)]
    [InlineData("2025-11-25", "2025-11-25", null)]
    [InlineData("2025-06-18", "2025-06-18", null)]
    [InlineData(null, "2026-07-28", ServerProcess.Secret)]
    [InlineData("2025-06-18", "2025-06-18", ServerProcess.Secret)]
    public async Task The_client_indexes_searches_reads_and_is_told_of_changes(string? asked, string negotiated, string? secret)
    {
        using var site = new Site(node);
        await using var server = await site.StartServerAsync(secret);
        await using var client = await ConnectAsync(server, asked, secret);
        var report = await SdkVisit.RunAsync(client, site.Root);
        report.AssertComplete();
        Assert.Equal(negotiated, report.Protocol);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2025-06-18", null)]
    [InlineData(null, "a-wrong-secret")]
    public async Task A_client_without_the_secret_is_refused_with_401(string? asked, string? secret)
    {
        using var site = new Site(node);
        await using var server = await site.StartServerAsync(ServerProcess.Secret);
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(server, asked, secret));
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);
    }

    private static Task<McpClient> ConnectAsync(ServerProcess server, string? protocol, string? secret)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = server.Endpoint,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = secret is null ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {secret}" },
        });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = protocol });
    }
}
