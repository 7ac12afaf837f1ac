using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Mcp.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Mcp.Subscriptions;

public sealed class ListenTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Fact]
    public async Task The_acknowledgement_comes_first_and_names_only_what_is_honoured()
    {
        await using var client = new WireClient(_brain);
        var job = _brain.Enqueue();

        var id = await client.SendAsync("subscriptions/listen", new JsonObject
        {
            ["notifications"] = new JsonObject
            {
                ["toolsListChanged"] = true,
                ["resourcesListChanged"] = true,
                ["resourceSubscriptions"] = new JsonArray(
                    "corpus://folders/", "job://" + job.Id, "job://job_000000000000", "corpus://config", "file://docs/guide.md", "nothing", "corpus://folders", "job://"),
            },
        });
        var acknowledged = await client.ReadAsync();

        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged["method"]!.GetValue<string>());
        Assert.Equal(
            $$$"""{"resourceSubscriptions":["corpus://folders/","job://{{{job.Id}}}"]}""",
            acknowledged["params"]!["notifications"]!.ToJsonString());
        Assert.Equal(id, Tag(acknowledged["params"]!));
    }

    [Fact]
    public async Task Updates_carry_the_URI_and_the_tag_alone()
    {
        await using var client = new WireClient(_brain);
        var id = await client.ListenAsync("corpus://folders/");
        await client.ReadAsync();

        var first = await client.ReadAsync();

        Assert.Equal("notifications/resources/updated", first["method"]!.GetValue<string>());
        Assert.Equal(
            $$$"""{"uri":"corpus://folders/","_meta":{"io.modelcontextprotocol/subscriptionId":{{{id}}}}}""",
            first["params"]!.ToJsonString());
    }

    [Fact]
    public async Task Listens_on_one_connection_are_told_apart_by_their_tags()
    {
        await using var client = new WireClient(_brain);
        var first = await client.ListenAsync("corpus://folders");
        await client.ReadAsync();
        await client.ReadAsync();
        var second = await client.ListenAsync("corpus://folders");

        var acknowledged = await client.ReadAsync();
        var update = await client.ReadAsync();

        Assert.NotEqual(first, second);
        Assert.Equal((second, second), (Tag(acknowledged["params"]!), Tag(update["params"]!)));
    }

    [Fact]
    public async Task The_ninth_stream_and_the_hundred_and_first_resource_are_refused_by_name()
    {
        await using var client = new WireClient(_brain);
        for (var i = 0; i < Limits.Standard.ListensPerPrincipal; i++)
        {
            await client.ListenAsync("corpus://folders");
            await client.ReadAsync();
            await client.ReadAsync();
        }

        var ninth = (await client.AskAsync("subscriptions/listen", WireClient.Listen("corpus://folders")))["error"]!;
        var many = (await client.AskAsync("subscriptions/listen", WireClient.Listen([.. Enumerable.Range(0, 101).Select(i => "job://" + i)])))["error"]!;

        Assert.Equal((-32000, "too_many_subscriptions"), (ninth["code"]!.GetValue<int>(), ninth["data"]!["reason"]!.GetValue<string>()));
        Assert.Contains("8 streams", ninth["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("too_many_subscriptions", many["data"]!["reason"]!.GetValue<string>());
        Assert.Contains("100 resources", many["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_advertises_subscriptions_and_no_changing_list()
    {
        await using var client = new WireClient(_brain, configure: services => services.AddMcpServer().WithTools<OneTool>());

        var capabilities = (await client.AskAsync("server/discover"))["result"]!["capabilities"]!;

        Assert.True(capabilities["resources"]!["subscribe"]!.GetValue<bool>());
        Assert.False(capabilities["resources"]!["listChanged"]!.GetValue<bool>());
        Assert.False(capabilities["tools"]!["listChanged"]!.GetValue<bool>());
    }

    private static long Tag(JsonNode carrier) => carrier["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<long>();

    private sealed class OneTool
    {
        [ModelContextProtocol.Server.McpServerTool]
        public static string Nothing() => "";
    }
}
