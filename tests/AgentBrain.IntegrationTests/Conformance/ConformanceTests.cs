using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.Conformance;

/// <summary>
/// The protocol's own conformance suite, with all that it requires of a revision. The baselines name what needs the suite's fixture
/// tools, which no product has; whatever else fails, and whatever of the baseline passes, fails the test.
/// </summary>
public sealed class ConformanceTests(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task The_server_meets_the_requirements_of_a_revision(string revision)
    {
        node.Require();
        using var directory = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(directory.Make("data"), directory.Make("root"));
        await AssertConformsAsync(server.Endpoint, revision);
    }

    /// <summary>The suite cannot send a secret, so a proxy adds it.</summary>
    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task The_server_meets_them_in_mode_basic_as_well(string revision)
    {
        node.Require();
        using var directory = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(directory.Make("data"), directory.Make("root"), ServerProcess.Secret);
        await using var proxy = node.Run("add-secret.mjs", [server.Url.AbsoluteUri], new Dictionary<string, string?> { ["CLIENT_SECRET"] = ServerProcess.Secret });
        await AssertConformsAsync(new Uri(await UrlOfAsync(proxy) + "/mcp"), revision);
    }

    private async Task AssertConformsAsync(Uri endpoint, string revision)
    {
        var baseline = Path.Combine(AppContext.BaseDirectory, "Conformance", $"expected-failures-{revision}.yml");
        await using var suite = node.Run(
            NodeEnvironment.PackagePath("@modelcontextprotocol", "conformance", "dist", "index.js"),
            ["server", "--url", endpoint.AbsoluteUri, "--requirements", revision, "--expected-failures", baseline]);
        var code = await suite.WaitAsync(Patience);
        Assert.True(code == 0, $"{suite.Output}\n{suite.Errors}");
    }

    private static async Task<string> UrlOfAsync(ChildProcess proxy)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!proxy.Output.Contains('\n', StringComparison.Ordinal))
            await Task.Delay(20, late.Token);

        return proxy.Output.Trim();
    }
}
