using System.Collections.Concurrent;
using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The visits of the JavaScript clients. Each is made once, with servers of its own, however many rules are held against it.</summary>
public sealed class OAuthVisits(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<(string Way, OAuthSetup Setup, string Options), Lazy<Task<OAuthVisit>>> visits = new();

    /// <summary>The visit of a client that gets what it wants.</summary>
    internal Task<OAuthVisit> MakeAsync(string way, OAuthSetup setup, params string[] options) =>
        visits.GetOrAdd((way, setup, string.Join(' ', options)), _ => new Lazy<Task<OAuthVisit>>(() => SucceedAsync(way, setup, options))).Value;

    /// <summary>The visit of a client that does not.</summary>
    /// <returns>What it said of it.</returns>
    internal async Task<string> FailAsync(string way, OAuthSetup setup, params string[] options)
    {
        await using var site = await OAuthSite.StartAsync(node, setup);
        await using var client = Run(site, way, options);
        Assert.NotEqual(0, await client.WaitAsync(Patience));
        return client.Errors;
    }

    private async Task<OAuthVisit> SucceedAsync(string way, OAuthSetup setup, string[] options)
    {
        await using var site = await OAuthSite.StartAsync(node, setup);
        await using var client = Run(site, way, options);
        var code = await client.WaitAsync(Patience);
        Assert.True(code == 0, $"{client.Errors}\n{site.Server.Errors}\n{site.AuthorizationServer.Errors}");
        return new OAuthVisit(site.Server.Url, site.Server.Endpoint.AbsoluteUri, site.AuthorizationServer.Issuer, OAuthReport.Parse(client.Output));
    }

    private ChildProcess Run(OAuthSite site, string way, string[] options) =>
        node.Run("oauth-client.mjs", [way, site.Server.Endpoint.AbsoluteUri, site.Root, .. options]);
}

/// <summary>A visit that is over.</summary>
/// <param name="Server">Where the server was.</param>
/// <param name="Endpoint">Its MCP endpoint, which is the resource.</param>
/// <param name="Issuer">The authorization server.</param>
/// <param name="Report">What the client saw.</param>
internal sealed record OAuthVisit(Uri Server, string Endpoint, string Issuer, OAuthReport Report);
