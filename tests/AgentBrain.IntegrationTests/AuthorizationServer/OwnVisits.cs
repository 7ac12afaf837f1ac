using System.Collections.Concurrent;
using AgentBrain.IntegrationTests.Infrastructure;
using AgentBrain.IntegrationTests.OAuth;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>The visits of the JavaScript clients to a server that is its own authorization server, with their owner at a real browser. Each is made once.</summary>
public sealed class OwnVisits(NodeEnvironment node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly ConcurrentDictionary<(string Way, Registration Registration, OwnSetup Setup), Lazy<Task<OwnVisit>>> visits = new();

    /// <summary>The visit of a client.</summary>
    internal Task<OwnVisit> MakeAsync(string way, Registration registration, OwnSetup setup) =>
        visits.GetOrAdd((way, registration, setup), key => new Lazy<Task<OwnVisit>>(() => VisitAsync(key.Way, key.Registration, key.Setup))).Value;

    private async Task<OwnVisit> VisitAsync(string way, Registration registration, OwnSetup setup)
    {
        await using var document = await ClientDocumentHost.StartAsync();
        await using var site = await OwnSite.StartAsync(node, setup with { TrustFile = document.TrustFile });
        var (options, secret) = await ArrangeAsync(site, registration, document);
        await using var client = node.Run(
            "oauth-client.mjs",
            [way, site.Endpoint.AbsoluteUri, site.Root, "--browser", site.Browser.Address.AbsoluteUri.TrimEnd('/'), "--revoke", .. options],
            new Dictionary<string, string?> { ["CLIENT_SECRET"] = secret });
        var code = await client.WaitAsync(Patience);
        Assert.True(code == 0, $"{client.Errors}\n{site.Server.Output}\n{site.Server.Errors}");
        return new OwnVisit(site.Url, site.Endpoint.AbsoluteUri, site.Issuer, OAuthReport.Parse(client.Output), document.Id, document.Fetches);
    }

    private static async Task<(string[] Options, string? Secret)> ArrangeAsync(OwnSite site, Registration registration, ClientDocumentHost document)
    {
        switch (registration)
        {
            case Registration.Document:
                return (["--document", document.Id.AbsoluteUri], null);
            case Registration.Command:
                var (id, secret) = await site.AddClientAsync(site.Browser.Callback);
                return (["--client", id], secret);
            default:
                return ([], null);
        }
    }
}

/// <summary>A visit that is over.</summary>
/// <param name="Server">Where the server was.</param>
/// <param name="Endpoint">Its MCP endpoint, which is the resource.</param>
/// <param name="Issuer">Its issuer.</param>
/// <param name="Report">What the client saw.</param>
/// <param name="Document">Where a client's document would have been.</param>
/// <param name="Fetches">How often it was fetched.</param>
internal sealed record OwnVisit(Uri Server, string Endpoint, string Issuer, OAuthReport Report, Uri Document, int Fetches);
