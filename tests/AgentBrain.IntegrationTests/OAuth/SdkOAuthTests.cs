using System.Net;
using AgentBrain.IntegrationTests.Infrastructure;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The C# SDK's client, which knows bearer tokens only, with nothing but the endpoint's URL and a browser.</summary>
public sealed class SdkOAuthTests(NodeEnvironment node)
{
    private const string Read = "agent-brain:read";

    [Theory]
    [InlineData(null, "2026-07-28", false)]
    [InlineData(null, "2026-07-28", true)]
    [InlineData("2025-06-18", "2025-06-18", false)]
    public async Task The_client_finds_its_way_steps_up_and_refreshes(string? asked, string negotiated, bool opaque)
    {
        await using var site = await OAuthSite.StartAsync(node, new OAuthSetup { Opaque = opaque });
        using var browser = new BrowserByHttp();
        var tokens = new SpoilableTokens();
        await using var client = await ConnectAsync(site, browser, tokens, asked);
        Assert.Equal(negotiated, client.NegotiatedProtocolVersion);
        await CallAsync(client, "search_documents", "query", "penguin");
        Assert.Contains("total_documents", await StatusAsync(client), StringComparison.Ordinal);
        Assert.Equal([Read], browser.AskedScopes);

        await CallAsync(client, "index_folder", "folder_path", site.Root);
        Assert.Equal(2, browser.AskedScopes.Count);
        Assert.Equal(["agent-brain:index", Read], browser.AskedScopes[1].Split(' ').Order(StringComparer.Ordinal));

        tokens.Spoil();
        await CallAsync(client, "search_documents", "query", "penguin");
        Assert.Equal(2, browser.AskedScopes.Count);
        Assert.Equal([Read, browser.AskedScopes[1], browser.AskedScopes[1]], tokens.Issued.Select(token => token.Scope));
        Assert.All(tokens.Issued, token => Assert.Equal("Bearer", token.TokenType));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-06-18")]
    public async Task Where_dpop_is_required_it_is_refused_with_401(string? asked)
    {
        await using var site = await OAuthSite.StartAsync(node, new OAuthSetup { Dpop = "required" });
        using var browser = new BrowserByHttp();
        var tokens = new SpoilableTokens();
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(site, browser, tokens, asked));
        Assert.Equal(HttpStatusCode.Unauthorized, Assert.IsType<HttpRequestException>(refusal.GetBaseException()).StatusCode);
        Assert.NotEmpty(tokens.Issued);
    }

    private static Task<McpClient> ConnectAsync(OAuthSite site, BrowserByHttp browser, SpoilableTokens tokens, string? protocol)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = site.Server.Endpoint,
            TransportMode = HttpTransportMode.StreamableHttp,
            OAuth = new ClientOAuthOptions
            {
                RedirectUri = BrowserByHttp.Callback,
                AuthorizationCallbackHandler = browser.AuthorizeAsync,
                TokenCache = tokens,
                DynamicClientRegistration = new DynamicClientRegistrationOptions { ClientName = "integration test" },
            },
        });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = protocol });
    }

    private static async Task CallAsync(McpClient client, string tool, string argument, string value)
    {
        var result = await client.CallToolAsync(tool, new Dictionary<string, object?> { [argument] = value });
        Assert.False(result.IsError is true, tool);
    }

    private static async Task<string> StatusAsync(McpClient client) =>
        Assert.IsType<TextResourceContents>(Assert.Single((await client.ReadResourceAsync("corpus://status")).Contents)).Text;
}
