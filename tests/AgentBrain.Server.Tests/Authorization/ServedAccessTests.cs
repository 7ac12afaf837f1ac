using System.Text.Json.Nodes;
using AgentBrain.OAuth.Revocation;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>What the server really serves hears in time that access ends, and says its last word.</summary>
public sealed class ServedAccessTests : OpenResponseScene
{
    [Theory]
    [InlineData(true, "revoked")]
    [InlineData(false, "revoked")]
    [InlineData(true, "expires")]
    [InlineData(false, "expires")]
    public async Task A_wait_for_a_job_ends_with_its_own_answer(bool isModern, string how)
    {
        await using var brain = await ServeAsync();
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(5)));
        var job = Enqueue(brain);
        var call = """{"name":"wait_for_job","arguments":{"job_id":"JOB"}}""".Replace("JOB", job, StringComparison.Ordinal);
        var sent = isModern
            ? SendAsync(brain, client, Messages.ModernRequest("tools/call", call[1..^1]), null, Messages.Modern, "tools/call", "wait_for_job")
            : SendAsync(brain, client, """{"jsonrpc":"2.0","id":4,"method":"tools/call","params":CALL}""".Replace("CALL", call, StringComparison.Ordinal), await brain.Initialize(client), Messages.Legacy);
        await Eventually.IsTrueAsync(() => Open(brain) == 1, "The call");
        await Eventually.SettleAsync();

        await EndAsync(brain, how);

        using var response = await sent;
        var answer = JsonNode.Parse((await ReadToEndAsync(response)).Split("data: ")[^1])!["result"]!["structuredContent"]!;
        Assert.Equal(("timeout", false), (answer["status"]!.GetValue<string>(), answer["final"]!.GetValue<bool>()));
        Assert.Equal(JobState.Pending, Brain(brain).Jobs.Find(job)!.State);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expires")]
    public async Task A_listen_stream_ends_with_its_result(string how)
    {
        await using var brain = await ServeAsync();
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(5)));
        using var response = await ListenAsync(brain, client);
        var body = ReadToEndAsync(response);
        await Eventually.SettleAsync();
        Assert.False(body.IsCompleted);

        await EndAsync(brain, how);

        var last = JsonNode.Parse((await body).Split("data: ")[^1])!;
        Assert.Equal(4, last["result"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_listen_stream_asks_before_it_tells()
    {
        await using var brain = await ServeAsync();
        using var client = TokenCallers.ClientOf(brain, Issue(TimeSpan.FromMinutes(5)));

        // The pipeline asks once; by the time of the first notification the caller has lost the right to read, and no sweep has run.
        var asked = 0;
        Callers.Maximum = () => ++asked == 1 ? ScopeSet.All : ScopeSet.Subscribe;
        using var response = await ListenAsync(brain, client);

        var body = await ReadToEndAsync(response);
        Assert.Contains("notifications/subscriptions/acknowledged", body);
        Assert.DoesNotContain("notifications/resources/updated", body);
        Assert.Contains("\"result\"", body);
    }

    private Task<TestBrain> ServeAsync() => TestBrain.StartServing("none", builder =>
    {
        Callers.Install(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));

        // Nobody works, so jobs wait.
        builder.Services.Remove(builder.Services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(BrainWorkers)));
    });

    private async Task EndAsync(TestBrain brain, string how)
    {
        if (how == "revoked")
            brain.Services.GetRequiredService<Revocations>().Revoke(RevocationTarget.Grant(TokenCallers.Issuer, "client-1", "alice"));
        else
            await AdvanceAsync(TimeSpan.FromMinutes(5));
    }

    private static OpenBrain Brain(TestBrain brain) => brain.Services.GetRequiredService<BrainCatalog>().Find("default").Require();

    private static string Enqueue(TestBrain brain) => Brain(brain).Jobs.Enqueue(
        new JobRequest { Kind = JobKind.Index, Targets = [new JobTarget(new BrainPath("root", ""), new FolderSettings(), [])] },
        "alice").Id;

    private static Task<HttpResponseMessage> ListenAsync(TestBrain brain, HttpClient client) => SendAsync(
        brain,
        client,
        Messages.ModernRequest("subscriptions/listen", "\"notifications\":{\"resourceSubscriptions\":[\"corpus://folders\"]}"),
        null,
        Messages.Modern,
        "subscriptions/listen");

    private static async Task<HttpResponseMessage> SendAsync(TestBrain brain, HttpClient client, string body, string? session, string version, string? method = null, string? name = null)
    {
        using var request = brain.Post(body, session, version);
        if (method is not null)
            request.Headers.Add("Mcp-Method", method);
        if (name is not null)
            request.Headers.Add("Mcp-Name", name);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
