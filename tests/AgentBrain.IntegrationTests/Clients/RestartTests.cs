using System.Text.Json;
using AgentBrain.IntegrationTests.Infrastructure;
using ModelContextProtocol.Client;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>What is left when the server is gone.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_server_that_was_asked_to_stop_ends_with_0_and_finds_its_index_again()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await StartAsync(directory);
        await IndexAsync(server, directory.Path("root"));
        Assert.Equal(0, await server.StopAsync());
        await server.RestartAsync();
        Assert.Equal(1, await CountAsync(server, "penguin"));
    }

    [Fact]
    public async Task A_server_that_was_killed_finds_its_index_again()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await StartAsync(directory);
        await IndexAsync(server, directory.Path("root"));
        await server.KillAsync();
        await server.RestartAsync();
        Assert.Equal(1, await CountAsync(server, "penguin"));
    }

    private static async Task<ServerProcess> StartAsync(TemporaryDirectory directory)
    {
        var root = directory.Make("root");
        await File.WriteAllTextAsync(Path.Combine(root, "birds.md"), "# Birds\n\nThe penguin does not fly.\n");
        return await ServerProcess.StartAsync(directory.Make("data"), root);
    }

    private static async Task IndexAsync(ServerProcess server, string root)
    {
        await using var client = await ConnectAsync(server);
        var job = await CallAsync(client, "index_folder", "folder_path", root);
        var waited = await CallAsync(client, "wait_for_job", "job_id", job.GetProperty("job_id").GetString()!);
        Assert.Equal("completed", waited.GetProperty("status").GetString());
    }

    private static async Task<int> CountAsync(ServerProcess server, string query)
    {
        await using var client = await ConnectAsync(server);
        return (await CallAsync(client, "search_documents", "query", query)).GetProperty("total_results").GetInt32();
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, string argument, string value) =>
        (await client.CallToolAsync(tool, new Dictionary<string, object?> { [argument] = value })).StructuredContent!.Value;

    private static Task<McpClient> ConnectAsync(ServerProcess server) =>
        McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = server.Endpoint }));
}
