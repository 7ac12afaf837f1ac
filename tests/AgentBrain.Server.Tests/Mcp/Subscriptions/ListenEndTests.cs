using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Mcp.Resources;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class ListenEndTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Fact]
    public async Task A_listen_for_a_job_ends_with_the_result_after_the_jobs_last_update()
    {
        await using var client = new WireClient(_brain);
        var job = _brain.Enqueue();
        var id = await client.ListenAsync("job://" + job.Id);
        await client.ReadAsync();
        await client.ReadAsync();
        Assert.Equal(1, client.Streams.Count);

        _brain.Brain.Jobs.Cancel(job.Id);
        var last = await client.ReadAsync();
        var result = await client.ReadAsync();

        Assert.Equal("notifications/resources/updated", last["method"]!.GetValue<string>());
        Assert.Equal(id, result["id"]!.GetValue<long>());
        Assert.Equal(id, Tag(result["result"]!));
        Assert.Equal(0, client.Streams.Count);
    }

    [Fact]
    public async Task A_listen_for_nothing_that_can_be_watched_is_acknowledged_and_ends()
    {
        await using var client = new WireClient(_brain);

        var id = await client.ListenAsync("job://job_000000000000");
        var acknowledged = await client.ReadAsync();
        var result = await client.ReadAsync();

        Assert.Equal("{}", acknowledged["params"]!["notifications"]!.ToJsonString());
        Assert.Equal(id, Tag(result["result"]!));
    }

    [Fact]
    public async Task A_cancelled_listen_sends_nothing_more_and_frees_its_place()
    {
        await using var client = new WireClient(_brain);
        var id = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();

        await client.WriteAsync(new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "notifications/cancelled",
            ["params"] = new JsonObject { ["requestId"] = id },
        });
        await Eventually.IsTrueAsync(() => client.Streams.Count == 0, "The end of the stream");
        _brain.AddFolder("sub");
        await client.SendAsync("server/discover");

        Assert.NotNull((await client.ReadAsync())["result"]!["capabilities"]);
    }

    [Fact]
    public async Task A_stream_ends_gracefully_after_an_hour()
    {
        var time = new FakeTimeProvider();
        await using var client = new WireClient(_brain, time);
        var id = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();

        time.Advance(TimeSpan.FromMinutes(59));
        await Eventually.SettleAsync();
        Assert.Equal(1, client.Streams.Count);
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(id, Tag((await client.ReadAsync())["result"]!));
    }

    [Fact]
    public async Task A_stream_ends_when_its_credentials_do_or_when_it_is_asked_to()
    {
        var time = new FakeTimeProvider();
        using var access = new EndingAccess { EndsAt = time.GetUtcNow() + TimeSpan.FromMinutes(15) };
        _brain.Caller = _brain.Caller with { Access = access };
        await using var client = new WireClient(_brain, time);
        var first = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();
        time.Advance(TimeSpan.FromMinutes(14));
        await Eventually.SettleAsync();
        Assert.Equal(1, client.Streams.Count);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(first, (await client.ReadAsync())["id"]!.GetValue<long>());

        access.EndsAt = null;
        var second = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();
        client.Streams.EndWhere(caller => caller.Subject == "local");

        Assert.Equal(second, Tag((await client.ReadAsync())["result"]!));
    }

    [Fact]
    public async Task A_stream_ends_when_its_access_is_taken_away()
    {
        using var access = new EndingAccess();
        _brain.Caller = _brain.Caller with { Access = access };
        await using var client = new WireClient(_brain);
        var id = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();

        access.End();

        Assert.Equal(id, Tag((await client.ReadAsync())["result"]!));
        Assert.Equal(0, client.Streams.Count);
    }

    [Fact]
    public async Task Closing_the_input_ends_a_server_with_an_open_listen()
    {
        await using var client = new WireClient(_brain);
        await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();

        await client.CloseInputAsync();

        await client.Running.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, client.Streams.Count);
    }

    private static long Tag(JsonNode carrier) => carrier["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<long>();
}
