using System.Net;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using AgentBrain.Server.Tests.Mcp.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Authorization;

/// <summary>A server on a clock of the test's, callers with tokens, and a tool that takes as long as the test wants.</summary>
public abstract class OpenResponseScene
{
    private DateTimeOffset _opened;

    private protected static TimeSpan Heartbeat { get; } = new RequestLimits().Heartbeat;

    private protected TokenCallers Callers { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    private protected AccessToken Issue(TimeSpan life) => Callers.Issue("alice", _opened = Time.GetUtcNow(), life);

    private protected async Task<TestBrain> StartAsync(Func<Task<string>>? slow = null, TimeProvider? time = null, Action<WebApplicationBuilder>? more = null) => await TestBrain.StartNone(builder =>
    {
        Callers.Install(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time ?? Time));
        foreach (var fake in builder.Services.Where(service => service.ImplementationInstance is McpServerTool { ProtocolTool.Name: "query_count" }).ToList())
            builder.Services.Remove(fake);
        builder.Services.AddSingleton(McpServerTool.Create(
            async (CancellationToken cancellationToken) => slow is null ? await Forever(cancellationToken) : await slow(),
            new McpServerToolCreateOptions { Name = "query_count", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false }));
        more?.Invoke(builder);
    });

    private static async Task<string> Forever(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return "never";
    }

    private protected async Task EndAsync(TestBrain brain, AccessToken token, string how)
    {
        switch (how)
        {
            case "revoked":
                brain.Services.GetRequiredService<Revocations>().Revoke(RevocationTarget.Token(token.Issuer, token.TokenId!));
                break;
            case "not entitled":
                Callers.Maximum = () => ScopeSet.Index;
                await AdvanceAsync(AccessSweep.Interval);
                break;
            case "expired":
                await AdvanceAsync(token.ExpiresAt + AccessCheck.ClockSkew - TimeSpan.FromSeconds(1) - Time.GetUtcNow());
                Assert.Equal((1, 0), (Open(brain), Open(brain, ended: true)));
                await AdvanceAsync(TimeSpan.FromSeconds(1));
                break;
            default:
                await AdvanceAsync(_opened + TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1) - Time.GetUtcNow());
                Assert.Equal((1, 0), (Open(brain), Open(brain, ended: true)));
                await AdvanceAsync(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private protected async Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        await Eventually.SettleAsync();
    }

    private protected static void Sweep(TestBrain brain) => brain.Services.GetRequiredService<AccessSweep>().Sweep();

    private protected static int Open(TestBrain brain, bool ended = false) =>
        brain.Services.GetRequiredService<OpenResponses>().Open.Count(response => !ended || response.EndReason is not null);

    private protected static async Task<HttpResponseMessage> OpenGetAsync(TestBrain brain, HttpClient client)
    {
        var response = await SendGetAsync(brain, client);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private protected static async Task<HttpResponseMessage> SendGetAsync(TestBrain brain, HttpClient client)
    {
        var session = await brain.Initialize(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        TestBrain.Complete(request, session, Messages.Legacy);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A call that nothing is written to; the heartbeat begins its response.</summary>
    private protected async Task<HttpResponseMessage> CallAsync(TestBrain brain, HttpClient client, string tool)
    {
        var before = Open(brain);
        var sent = SendCallAsync(brain, client, tool);
        await Eventually.IsTrueAsync(() => Open(brain) > before, "The call");
        Time.Advance(Heartbeat);
        while (!sent.IsCompleted)
        {
            // The SDK may not have come far enough for the sweep of the clock.
            Sweep(brain);
            await Task.Delay(10);
        }

        var response = await sent;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private protected static async Task<HttpResponseMessage> SendCallAsync(TestBrain brain, HttpClient client, string tool)
    {
        using var request = brain.Post(Messages.ModernRequest("tools/call", $"\"name\":\"{tool}\""), version: Messages.Modern);
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", tool);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private protected static Task<string> ReadToEndAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(20));

    private protected static int CountOf(string text, string part) => text.Split(part).Length - 1;
}
