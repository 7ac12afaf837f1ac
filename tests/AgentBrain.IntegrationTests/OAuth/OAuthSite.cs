using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.OAuth;

/// <summary>The server in mode <c>oauth</c>, with an authorization server of its own and one small folder. Only alice may use it.</summary>
internal sealed class OAuthSite : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();

    private OAuthSite()
    {
        Root = directory.Make("root");
        File.WriteAllText(Path.Combine(Root, "birds.md"), "# Birds\n\nThe penguin does not fly.\n");
    }

    /// <summary>The folder that may be indexed.</summary>
    public string Root { get; }

    public AuthorizationServerProcess AuthorizationServer { get; private set; } = null!;

    public ServerProcess Server { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public static async Task<OAuthSite> StartAsync(NodeEnvironment node, OAuthSetup setup)
    {
        node.Require();
        var site = new OAuthSite();
        try
        {
            site.AuthorizationServer = await AuthorizationServerProcess.StartAsync(node, setup);
            site.Server = await ServerProcess.StartAsync(site.directory.Make("data"), site.Root, site.Settings(setup), LoopbackPort.Find());
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();

        if (AuthorizationServer is not null)
            await AuthorizationServer.DisposeAsync();

        directory.Dispose();
    }

    private Dictionary<string, string?> Settings(OAuthSetup setup)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AGENT_BRAIN_AUTH"] = "oauth",
            ["AGENT_BRAIN_OAUTH_ISSUER"] = AuthorizationServer.Issuer,
            ["AGENT_BRAIN_OAUTH_ACCESS"] = "subject:alice=read,index,subscribe,admin",
            ["AGENT_BRAIN_DPOP"] = setup.Dpop,
            ["AGENT_BRAIN_DPOP_NONCE"] = setup.NonceRequired ? "required" : "off",
        };
        if (setup.Opaque)
        {
            settings["AGENT_BRAIN_OAUTH_INTROSPECTION_URL"] = AuthorizationServer.IntrospectionUrl;
            settings["AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID"] = AuthorizationServer.ClientId;
            settings["AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET"] = AuthorizationServer.ClientSecret;
        }

        return settings;
    }
}
