using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.Clients;

/// <summary>The official JavaScript clients of both generations, as they are on npm, against the running server.</summary>
public sealed class NodeClientTests(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(null)]
    [InlineData(ServerProcess.Secret)]
    public async Task The_sdk_of_the_revisions_with_sessions_indexes_searches_reads_and_is_told_of_changes(string? secret)
    {
        var report = await VisitAsync("sdk-client.mjs", secret);
        report.AssertComplete();
        Assert.Equal("2025-11-25", report.Protocol);
        Assert.True(report.HasSession);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ServerProcess.Secret)]
    public async Task The_client_of_the_newest_revision_negotiates_it_and_indexes_searches_reads_and_listens(string? secret)
    {
        var report = await VisitAsync("next-client.mjs", secret);
        report.AssertComplete();
        Assert.Equal("2026-07-28", report.Protocol);
        Assert.False(report.HasSession);
        Assert.Equal("local", report.SubscriptionEnded);
    }

    [Theory]
    [InlineData("sdk-client.mjs")]
    [InlineData("next-client.mjs")]
    public async Task A_client_without_the_secret_is_refused_with_401(string script)
    {
        using var site = new Site(node);
        await using var server = await site.StartServerAsync(ServerProcess.Secret);
        await using var client = node.Run(script, [server.Endpoint.AbsoluteUri, site.Root]);
        Assert.NotEqual(0, await client.WaitAsync(Patience));
        Assert.Contains("401", client.Errors, StringComparison.Ordinal);
    }

    private async Task<ClientReport> VisitAsync(string script, string? secret)
    {
        using var site = new Site(node);
        await using var server = await site.StartServerAsync(secret);
        await using var client = node.Run(script, [server.Endpoint.AbsoluteUri, site.Root], new Dictionary<string, string?> { ["CLIENT_SECRET"] = secret });
        var code = await client.WaitAsync(Patience);
        Assert.True(code == 0, $"{client.Errors}\n{server.Errors}");
        return ClientReport.Parse(client.Output);
    }
}
