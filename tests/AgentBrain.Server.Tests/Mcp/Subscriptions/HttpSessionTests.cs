using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Mcp.Resources;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class HttpSessionTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Fact]
    public async Task Updates_of_a_session_arrive_on_its_GET_stream_and_end_with_the_job()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        var job = _brain.Enqueue();
        var session = await host.InitializeAsync();
        using var updates = await host.GetAsync(session);

        using var subscribed = await host.PostAsync(session, "resources/subscribe", Uri("job://" + job.Id));
        var answer = await subscribed.ReadAsync();
        var first = await updates.ReadAsync();
        _brain.Brain.Jobs.Cancel(job.Id);
        var last = await updates.ReadAsync();

        Assert.NotNull(answer!["result"]);
        Assert.Null(await subscribed.ReadAsync());
        Assert.All([first, last], update =>
        {
            Assert.Equal("notifications/resources/updated", update!["method"]!.GetValue<string>());
            Assert.Equal("job://" + job.Id, update["params"]!["uri"]!.GetValue<string>());
        });
        await Eventually.IsTrueAsync(() => host.Streams.Count == 0, "The end of the stream");
    }

    [Fact]
    public async Task A_session_that_is_deleted_leaves_nothing_behind()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        var session = await host.InitializeAsync();
        using var updates = await host.GetAsync(session);
        (await host.PostAsync(session, "resources/subscribe", Uri("corpus://status"))).Dispose();
        await Eventually.IsTrueAsync(() => host.Streams.Count == 1, "The stream");

        await host.DeleteAsync(session);

        await Eventually.IsTrueAsync(() => host.Streams.Count == 0, "The end of the stream");
    }

    [Fact]
    public async Task Sessions_do_not_hear_of_each_others_subscriptions()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        var mine = await host.InitializeAsync();
        var other = await host.InitializeAsync();
        using var myUpdates = await host.GetAsync(mine);
        using var otherUpdates = await host.GetAsync(other);
        (await host.PostAsync(mine, "resources/subscribe", Uri("corpus://status"))).Dispose();
        (await host.PostAsync(other, "resources/subscribe", Uri("corpus://folders"))).Dispose();

        Assert.Equal("corpus://status", (await myUpdates.ReadAsync())!["params"]!["uri"]!.GetValue<string>());
        Assert.Equal("corpus://folders", (await otherUpdates.ReadAsync())!["params"]!["uri"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_seventeenth_session_of_a_principal_cannot_subscribe()
    {
        await using var host = await HttpHost.StartAsync(_brain);
        for (var i = 0; i < 16; i++)
        {
            using var subscribed = await host.PostAsync(await host.InitializeAsync(), "resources/subscribe", Uri("corpus://status"));
            Assert.NotNull((await subscribed.ReadAsync())!["result"]);
        }

        using var refused = await host.PostAsync(await host.InitializeAsync(), "resources/subscribe", Uri("corpus://status"));
        var error = (await refused.ReadAsync())!["error"]!;

        Assert.Equal((-32000, "too_many_subscriptions"), (error["code"]!.GetValue<int>(), error["data"]!["reason"]!.GetValue<string>()));
        Assert.Contains("16", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(16, host.Streams.Count);
    }

    [Fact]
    public async Task A_host_that_does_not_run_sessions_here_refuses_instead_of_leaking()
    {
        await using var host = await HttpHost.StartAsync(_brain, runsSessions: false);
        using var refused = await host.PostAsync(await host.InitializeAsync(), "resources/subscribe", Uri("corpus://status"));

        var error = (await refused.ReadAsync())!["error"]!;

        Assert.Equal((-32001, "subscriptions_need_a_session"), (error["code"]!.GetValue<int>(), error["data"]!["reason"]!.GetValue<string>()));
        Assert.Equal(0, host.Streams.Count);
    }

    private static JsonObject Uri(string uri) => new() { ["uri"] = uri };
}
