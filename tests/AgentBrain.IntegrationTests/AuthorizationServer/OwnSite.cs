using System.Text.Json;
using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>The server in mode <c>oauth</c> with its own authorization server, one small folder, and its owner's browser.</summary>
internal sealed class OwnSite : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Dictionary<string, string?> settings;

    private OwnSite(OwnSetup setup)
    {
        Root = directory.Make("root");
        File.WriteAllText(Path.Combine(Root, "birds.md"), "# Birds\n\nThe penguin does not fly.\n");
        var port = LoopbackPort.Find();
        Url = new Uri($"http://{setup.Host}:{port}");
        settings = new Dictionary<string, string?>
        {
            ["AGENT_BRAIN_AUTH"] = "oauth",
            ["AGENT_BRAIN_PUBLIC_URL"] = Issuer,
            ["AGENT_BRAIN_DPOP"] = setup.Dpop,
            ["AGENT_BRAIN_DPOP_NONCE"] = setup.NonceRequired ? "required" : "off",
            ["AGENT_BRAIN_OWNER_PASSWORD_FILE"] = setup.HasOwner ? PasswordFile() : null,
            ["SSL_CERT_FILE"] = setup.TrustFile,
        };
    }

    /// <summary>The folder that may be indexed.</summary>
    public string Root { get; }

    /// <summary>The public URL.</summary>
    public Uri Url { get; }

    /// <summary>Both the public URL and the issuer: without a slash at the end.</summary>
    public string Issuer => Url.AbsoluteUri.TrimEnd('/');

    /// <summary>The MCP endpoint, which is the resource.</summary>
    public Uri Endpoint => new(Url, "mcp");

    public ServerProcess Server { get; private set; } = null!;

    public OwnerBrowser Browser { get; private set; } = null!;

    /// <summary>Starts both.</summary>
    public static async Task<OwnSite> StartAsync(NodeEnvironment node, OwnSetup setup)
    {
        node.Require();
        Chromium.Require();
        var site = new OwnSite(setup);
        try
        {
            site.Server = await ServerProcess.StartAsync(site.directory.Make("data"), site.Root, site.settings, site.Url.Port);
            site.Browser = await OwnerBrowser.StartAsync(node);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>The setup link, which the server writes into a file where nobody watches its terminal, as soon as it serves.</summary>
    public async Task<string> SetupLinkAsync()
    {
        var file = Path.Combine(directory.Path("data"), "setup-link");
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (File.Exists(file) && await File.ReadAllTextAsync(file, late.Token) is var text && text.EndsWith('\n'))
                return text.Trim();

            await Task.Delay(20, late.Token);
        }
    }

    /// <summary>Runs a command of the program on the machine, beside the server.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        var variables = ServerProgram.Variables(directory.Path("data"), Root, secret: null);
        foreach (var (name, value) in settings)
            variables[name] = value;

        await using var command = ChildProcess.Start(ServerProgram.Dotnet, [ServerProgram.Assembly, .. arguments], variables);
        command.CloseInput();
        var code = await command.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {code}\n{command.Output}\n{command.Errors}");
        return command.Output;
    }

    /// <summary>Adds a client, as the owner does on the machine.</summary>
    /// <returns>Its id, and its secret if its way to authenticate has one.</returns>
    public async Task<(string Id, string? Secret)> AddClientAsync(Uri redirect, string method = "client_secret_basic")
    {
        var added = JsonElement.Parse(await CommandAsync("clients", "add", "--name", "integration test", "--redirect-uri", redirect.AbsoluteUri, "--auth", method, "--json"));
        return (added.GetProperty("id").GetString()!, added.GetProperty("secret").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();

        if (Server is not null)
            await Server.DisposeAsync();

        directory.Dispose();
    }

    private string PasswordFile()
    {
        var path = directory.Path("password");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var writer = new StreamWriter(path, options);
        writer.Write(OwnerBrowser.Password);
        return path;
    }
}

/// <summary>How a server with its own authorization server is set up.</summary>
internal sealed record OwnSetup
{
    /// <summary>The host of its public URL; passkeys want a name.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Has the owner a password already? Otherwise there is a setup link.</summary>
    public bool HasOwner { get; init; } = true;

    /// <summary><c>AGENT_BRAIN_DPOP</c>.</summary>
    public string Dpop { get; init; } = "allowed";

    /// <summary>The server wants a nonce of its own in every proof (RFC 9449 §8, §9).</summary>
    public bool NonceRequired { get; init; }

    /// <summary>A file with a certificate that the server believes.</summary>
    public string? TrustFile { get; init; }
}
