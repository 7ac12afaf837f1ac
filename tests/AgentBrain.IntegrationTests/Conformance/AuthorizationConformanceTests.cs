using System.Text.RegularExpressions;
using AgentBrain.IntegrationTests.AuthorizationServer;
using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.Conformance;

/// <summary>
/// The suite's leg for authorization servers. It prints an address that its user shall open; here the owner opens it, with a real
/// browser. It has no baseline: both of its scenarios must pass, and no check may so much as warn.
/// </summary>
public sealed partial class AuthorizationConformanceTests(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Both_scenarios_of_the_authorization_server_pass()
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup());
        var port = LoopbackPort.Find();
        var callback = new Uri($"http://127.0.0.1:{port}/callback");
        using var client = await BareClient.RegisterAsync(site, "conformance", callback);
        await using var suite = node.Run(
            NodeEnvironment.PackagePath("@modelcontextprotocol", "conformance", "dist", "index.js"),
            ["authorization", "--url", site.Issuer, "--client-id", client.Id, "--resource", site.Endpoint.AbsoluteUri, "--port", $"{port}"]);
        var url = await UrlAsync(suite);
        Assert.NotNull((await site.Browser.AuthorizeAsync(url, callback, scopes: ["read"])).Answer);
        var code = await suite.WaitAsync(Patience);
        Assert.True(code == 0, $"{suite.Output}\n{suite.Errors}\n{site.Server.Errors}");
        Assert.DoesNotContain("WARNING", suite.Output, StringComparison.Ordinal);
        Assert.Equal(["authorization-server-metadata-endpoint", "authorization-code-grant"], Passed().Matches(suite.Output).Select(match => match.Groups["scenario"].Value));
        Assert.DoesNotContain("warnings", suite.Output, StringComparison.Ordinal);
    }

    private static async Task<Uri> UrlAsync(ChildProcess suite)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Address().Match(suite.Output) is { Success: true } match)
                return new Uri(match.Value.Trim());

            Assert.False(suite.HasExited, $"{suite.Output}\n{suite.Errors}");
            await Task.Delay(20, late.Token);
        }
    }

    [GeneratedRegex(@"^✓ (?<scenario>\S+): [1-9][0-9]* passed, 0 failed$", RegexOptions.Multiline, 5_000)]
    private static partial Regex Passed();

    [GeneratedRegex(@"https?://[^\s/]+/\S*\?\S*response_type=code\S*\s", RegexOptions.None, 5_000)]
    private static partial Regex Address();
}
