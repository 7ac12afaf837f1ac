using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>
/// The owner's way through every page, in a real Chromium: from the setup link to the first client, with scripts and without. On each
/// page the browser looks for what would make it hard to use (<c>node/page-audit.mjs</c>), and takes screenshots where
/// <c>AGENT_BRAIN_SCREENSHOTS</c> names a directory.
/// </summary>
public sealed class OwnerPagesTests(NodeEnvironment node)
{
    private const string Read = "agent-brain:read";
    private const string ReadAndIndex = "agent-brain:read agent-brain:index";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_the_setup_link_to_a_connected_client_and_back_every_page_can_be_used(bool scripts)
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup { HasOwner = false });
        var browser = site.Browser;
        var names = new ScreenNames(scripts);
        await browser.DoAsync("begin", new { scripts });

        var afterSetup = await browser.AskAsync<string>("setup", new { link = await site.SetupLinkAsync(), name = names["setup"] });
        Assert.Equal("/account", new Uri(afterSetup).AbsolutePath);
        using var client = await BareClient.RegisterAsync(site, "Heron & <b>Sons</b>");
        var denied = await browser.AuthorizeAsync(client.AuthorizationUrl(ReadAndIndex), browser.Callback, names["denied"], deny: true);
        Assert.DoesNotContain("code=", denied.Answer ?? "", StringComparison.Ordinal);

        var granted = await browser.AuthorizeAsync(client.AuthorizationUrl(ReadAndIndex), browser.Callback, names["granted"], ["read"]);
        Assert.Contains("Heron & <b>Sons</b>", granted.Consent!.Text, StringComparison.Ordinal);
        Assert.Equal(Read, (await client.ExchangeAsync(granted.Answer!)).GetProperty("scope").GetString());

        var console = await VisitAsync(site, "console", names["console"]);
        Assert.Contains("Heron & <b>Sons</b>", console.Text, StringComparison.Ordinal);
        await VisitAsync(site, "account", names["account"]);
        Assert.Empty(browser.Problems);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_owner_signs_out_and_in_again_and_a_wrong_password_is_said_to_be_wrong(bool scripts)
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup());
        var browser = site.Browser;
        var names = new ScreenNames(scripts);
        await browser.DoAsync("begin", new { scripts });
        Assert.Equal("/sign-in", new Uri((await VisitAsync(site, "account", name: null)).Url).AbsolutePath);
        var refused = await browser.AskAsync<string>("signIn", new { name = names["sign-in"], password = "nine lazy herons 42" });
        Assert.Equal("/sign-in", new Uri(refused).AbsolutePath);
        var signedIn = await browser.AskAsync<string>("signIn", new { name = names["sign-in-again"] });
        Assert.Equal("/account", new Uri(signedIn).AbsolutePath);
        await browser.DoAsync("signOut");
        Assert.Equal("/sign-in", new Uri((await VisitAsync(site, "account", name: null)).Url).AbsolutePath);
        Assert.Empty(browser.Problems);
    }

    [Fact]
    public async Task What_a_client_did_wrong_is_said_to_the_owner_and_not_sent_to_a_place_that_nobody_registered()
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup());
        var elsewhere = new Uri(site.Browser.Address, "elsewhere");
        using var client = await BareClient.RegisterAsync(site, "a client");
        var answer = await site.Browser.AuthorizeAsync(client.AuthorizationUrl(Read, elsewhere), elsewhere, name: "wrong-redirect");
        Assert.Null(answer.Answer);
        Assert.NotEmpty(answer.Page!);
        await VisitAsync(site, "oauth/authorize?client_id=nobody&response_type=code", "wrong-client");
        Assert.Empty(site.Browser.Problems);
    }

    [Fact]
    public async Task The_owner_disconnects_a_client_in_the_console()
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup());
        using var client = await BareClient.RegisterAsync(site, "a client to disconnect");
        var granted = await site.Browser.AuthorizeAsync(client.AuthorizationUrl(Read), site.Browser.Callback);
        await client.ExchangeAsync(granted.Answer!);
        Assert.Contains("a client to disconnect", (await VisitAsync(site, "console", "console-connected")).Text, StringComparison.Ordinal);
        await site.Browser.DoAsync("press", new { button = "Revoke the access of a client to disconnect" });
        await VisitAsync(site, "console", "console-revoked");
        Assert.Empty(site.Browser.Problems);
    }

    private static Task<VisitedPage> VisitAsync(OwnSite site, string path, string? name) =>
        site.Browser.AskAsync<VisitedPage>("visit", new { url = new Uri(site.Url, path).AbsoluteUri, name });

    /// <summary>Pages are looked at with scripts and without; each has its own pictures.</summary>
    private sealed class ScreenNames(bool scripts)
    {
        public string this[string name] => scripts ? name : $"without-scripts-{name}";
    }
}
