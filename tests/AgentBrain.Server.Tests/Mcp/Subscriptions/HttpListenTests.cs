using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Mcp.Resources;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class HttpListenTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Fact]
    public async Task A_listen_streams_acknowledgement_updates_and_result_and_closes()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        var job = _brain.Enqueue();
        using var stream = await host.PostAsync("subscriptions/listen", WireClient.Listen("job://" + job.Id), "my-id");

        var acknowledged = await stream.ReadAsync();
        var first = await stream.ReadAsync();
        _brain.Brain.Jobs.Cancel(job.Id);
        var last = await stream.ReadAsync();
        var result = await stream.ReadAsync();

        Assert.Equal(200, stream.Status);
        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged!["method"]!.GetValue<string>());
        Assert.All([acknowledged["params"], first!["params"], last!["params"], result!["result"]], Tagged);
        Assert.All([first, last], update => Assert.Equal("job://" + job.Id, update["params"]!["uri"]!.GetValue<string>()));
        Assert.Equal("my-id", result["id"]!.GetValue<string>());
        Assert.Null(await stream.ReadAsync());
        Assert.Equal(0, host.Streams.Count);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing_behind()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        using (var stream = await host.PostAsync("subscriptions/listen", WireClient.Listen("corpus://folders")))
        {
            await stream.ReadAsync();
            await stream.ReadAsync();
            Assert.Equal(1, host.Streams.Count);
        }

        await Eventually.IsTrueAsync(() => host.Streams.Count == 0, "The end of the stream");
    }

    [Fact]
    public async Task Two_clients_with_the_same_id_each_get_their_own_updates()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        using var folders = await host.PostAsync("subscriptions/listen", WireClient.Listen("corpus://folders"), "same");
        using var status = await host.PostAsync("subscriptions/listen", WireClient.Listen("corpus://status"), "same");
        await folders.ReadAsync();
        await status.ReadAsync();

        Assert.Equal("corpus://folders", (await folders.ReadAsync())!["params"]!["uri"]!.GetValue<string>());
        Assert.Equal("corpus://status", (await status.ReadAsync())!["params"]!["uri"]!.GetValue<string>());
        Assert.Equal(2, host.Streams.Count);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_with_the_result()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        using var stream = await host.PostAsync("subscriptions/listen", WireClient.Listen("corpus://folders"));
        await stream.ReadAsync();
        await stream.ReadAsync();

        var stopping = host.StopAsync();

        Tagged((await stream.ReadAsync())!["result"]);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Discovery_over_HTTP_advertises_subscriptions_and_no_changing_list()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        using var response = await host.PostAsync("server/discover", []);

        var capabilities = (await response.ReadAsync())!["result"]!["capabilities"]!;

        Assert.True(capabilities["resources"]!["subscribe"]!.GetValue<bool>());
        Assert.False(capabilities["resources"]!["listChanged"]!.GetValue<bool>());
    }

    private static void Tagged(JsonNode? carrier) => Assert.NotNull(carrier!["_meta"]!["io.modelcontextprotocol/subscriptionId"]);
}
