using System.Text.Json.Nodes;
using System.Threading.Channels;
using AgentBrain.Server.Tests.Mcp.Resources;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class SessionSubscriptionTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Theory]
    [InlineData("corpus://config", "not_subscribable")]
    [InlineData("chunk://chunk_0000000000000000_0", "not_subscribable")]
    [InlineData("file://docs/guide.md", "not_subscribable")]
    [InlineData("file://docs/no-such-file", "not_subscribable")]
    [InlineData("graph-entity://Class/Foo", "not_subscribable")]
    [InlineData("job://job_000000000000", "unknown_uri")]
    [InlineData("job://", "unknown_uri")]
    [InlineData("corpus://nothing", "unknown_uri")]
    [InlineData("test://watched-resource", "unknown_uri")]
    [InlineData("nothing", "unknown_uri")]
    public async Task What_cannot_be_watched_is_refused_by_name(string uri, string reason)
    {
        await using var client = await new WireClient(_brain).InitializeAsync();

        var error = (await SubscribeAsync(client, uri))["error"]!;

        Assert.Equal(-32602, error["code"]!.GetValue<int>());
        Assert.Equal(reason, error["data"]!["reason"]!.GetValue<string>());
        Assert.Equal(uri, error["data"]!["uri"]!.GetValue<string>());
        Assert.Equal(0, client.Streams.Count);
    }

    [Fact]
    public async Task A_second_subscription_to_the_same_resource_is_refused()
    {
        await using var client = await new WireClient(_brain).InitializeAsync();
        Assert.NotNull((await SubscribeAsync(client, "corpus://status"))["result"]);

        var error = (await SubscribeAsync(client, "corpus://status/"))["error"]!;

        Assert.Equal((-32602, "duplicate_subscribe"), (error["code"]!.GetValue<int>(), error["data"]!["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Unsubscribing_ends_the_stream_and_is_no_error_for_what_is_not_subscribed()
    {
        await using var client = await new WireClient(_brain).InitializeAsync();
        await SubscribeAsync(client, "corpus://status");
        Assert.Equal(1, client.Streams.Count);

        Assert.NotNull((await client.AskAsync("resources/unsubscribe", Uri("corpus://folders")))["result"]);
        Assert.NotNull((await client.AskAsync("resources/unsubscribe", Uri("nothing")))["result"]);
        Assert.NotNull((await client.AskAsync("resources/unsubscribe", Uri("corpus://status/")))["result"]);

        await Eventually.IsTrueAsync(() => client.Streams.Count == 0, "The end of the stream");
        Assert.NotNull((await SubscribeAsync(client, "corpus://status"))["result"]);
        Assert.Equal(1, client.Streams.Count);
    }

    [Fact]
    public async Task The_SDKs_client_hears_of_a_job_until_it_ends()
    {
        await using var wire = new WireClient(_brain) { Version = WireClient.Legacy };
        await using var client = await wire.ConnectAsync();
        var job = _brain.Enqueue();
        var heard = Channel.CreateUnbounded<string>();
        await client.SubscribeToResourceAsync("job://" + job.Id, (update, token) => heard.Writer.WriteAsync(update.Uri, token));
        Assert.Equal("job://" + job.Id, await heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));

        _brain.Brain.Jobs.Cancel(job.Id);

        Assert.Equal("job://" + job.Id, await heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        await Eventually.IsTrueAsync(() => wire.Streams.Count == 0, "The end of the stream");
    }

    [Fact]
    public async Task An_update_in_a_session_carries_the_URI_alone()
    {
        await using var client = await new WireClient(_brain).InitializeAsync();
        await client.SendAsync("resources/subscribe", Uri("corpus://folders"));

        var messages = new[] { await client.ReadAsync(), await client.ReadAsync() };

        var update = Assert.Single(messages, message => message["method"]?.GetValue<string>() == "notifications/resources/updated");
        Assert.Equal("""{"uri":"corpus://folders"}""", update["params"]!.ToJsonString());
    }

    [Fact]
    public async Task Closing_the_input_ends_the_subscriptions()
    {
        await using var client = await new WireClient(_brain).InitializeAsync();
        await SubscribeAsync(client, "corpus://status");

        await client.CloseInputAsync();

        await client.Running.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.IsTrueAsync(() => client.Streams.Count == 0, "The end of the stream");
    }

    [Fact]
    public async Task The_handshake_advertises_subscriptions_and_no_changing_list()
    {
        await using var client = new WireClient(_brain) { Version = WireClient.Legacy };

        var answer = await client.AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = WireClient.Legacy,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });

        Assert.Equal("""{"subscribe":true,"listChanged":false}""", answer["result"]!["capabilities"]!["resources"]!.ToJsonString());
    }

    private static Task<JsonObject> SubscribeAsync(WireClient client, string uri) => client.AskAsync("resources/subscribe", Uri(uri));

    private static JsonObject Uri(string uri) => new() { ["uri"] = uri };
}
