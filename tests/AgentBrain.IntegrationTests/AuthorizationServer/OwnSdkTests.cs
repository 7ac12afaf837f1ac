using System.Net;
using AgentBrain.IntegrationTests.Infrastructure;
using AgentBrain.IntegrationTests.OAuth;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>The C# SDK's client against the server alone, with its owner at a real browser.</summary>
public sealed class OwnSdkTests(NodeEnvironment node)
{
    private const string Read = "agent-brain:read";

    [Theory]
    [InlineData(Registration.Dynamic, null, "2026-07-28")]
    [InlineData(Registration.Dynamic, "2025-06-18", "2025-06-18")]
    [InlineData(Registration.Document, null, "2026-07-28")]
    [InlineData(Registration.Command, null, "2026-07-28")]
    public async Task The_client_finds_its_way_steps_up_refreshes_and_is_cut_off_by_the_owner(Registration registration, string? asked, string negotiated)
    {
        await using var document = await ClientDocumentHost.StartAsync();
        await using var site = await OwnSite.StartAsync(node, new OwnSetup { TrustFile = document.TrustFile });
        var tokens = new SpoilableTokens();
        var options = await OptionsAsync(site, registration, document, tokens);
        await using var client = await ConnectAsync(site, options, asked);
        Assert.Equal(negotiated, client.NegotiatedProtocolVersion);
        await CallAsync(client, "search_documents", "query", "penguin");
        Assert.Equal([Read], site.Browser.AskedScopes);

        await CallAsync(client, "index_folder", "folder_path", site.Root);
        Assert.Equal(2, site.Browser.AskedScopes.Count);
        Assert.Equal(["agent-brain:index", Read], site.Browser.AskedScopes[1].Split(' ').Order(StringComparer.Ordinal));

        tokens.Spoil();
        await CallAsync(client, "search_documents", "query", "penguin");
        Assert.Equal(2, site.Browser.AskedScopes.Count);
        Assert.Equal(3, tokens.Issued.Count);

        await site.Browser.DoAsync("visit", new { url = new Uri(site.Url, "console").AbsoluteUri });
        await site.Browser.DoAsync("press", new { button = "Revoke the access of integration test" });
        await CallAgainAsync(client, site, options, asked);
        Assert.Equal(3, site.Browser.AskedScopes.Count);
        Assert.Empty(site.Browser.Problems);
    }

    /// <summary>It takes the first way to authenticate that the server lists, and has no secret for it.</summary>
    [Fact]
    public async Task A_client_that_was_added_on_the_machine_without_a_secret_finds_its_way()
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup());
        var (id, _) = await site.AddClientAsync(site.Browser.Callback, "none");
        var options = new ClientOAuthOptions { RedirectUri = site.Browser.Callback, AuthorizationCallbackHandler = site.Browser.AuthorizeAsync, ClientId = id };
        await using var client = await ConnectAsync(site, options, protocol: null);
        await CallAsync(client, "search_documents", "query", "penguin");
        Assert.Empty(site.Browser.Problems);
    }

    /// <summary>A session ends with the grant that opened it; then the client has to open another.</summary>
    private static async Task CallAgainAsync(McpClient client, OwnSite site, ClientOAuthOptions options, string? protocol)
    {
        try
        {
            await CallAsync(client, "search_documents", "query", "penguin");
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            Assert.NotNull(protocol);
            await using var next = await ConnectAsync(site, options, protocol);
            await CallAsync(next, "search_documents", "query", "penguin");
        }
    }

    private static async Task<ClientOAuthOptions> OptionsAsync(OwnSite site, Registration registration, ClientDocumentHost document, SpoilableTokens tokens)
    {
        var options = new ClientOAuthOptions { RedirectUri = site.Browser.Callback, AuthorizationCallbackHandler = site.Browser.AuthorizeAsync, TokenCache = tokens };
        switch (registration)
        {
            case Registration.Document:
                options.ClientMetadataDocumentUri = document.Id;
                break;
            case Registration.Command:
                (options.ClientId, options.ClientSecret) = await site.AddClientAsync(site.Browser.Callback);
                break;
            default:
                options.DynamicClientRegistration = new DynamicClientRegistrationOptions { ClientName = "integration test" };
                break;
        }

        return options;
    }

    private static Task<McpClient> ConnectAsync(OwnSite site, ClientOAuthOptions options, string? protocol)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions { Endpoint = site.Endpoint, TransportMode = HttpTransportMode.StreamableHttp, OAuth = options });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = protocol });
    }

    private static async Task CallAsync(McpClient client, string tool, string argument, string value)
    {
        var result = await client.CallToolAsync(tool, new Dictionary<string, object?> { [argument] = value });
        Assert.False(result.IsError is true, tool);
    }
}
