using AgentBrain.IntegrationTests.Infrastructure;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>Passkeys, with the virtual authenticator of a real Chromium. They need a host name, so the server is at <c>localhost</c>.</summary>
public sealed class PasskeyTests(NodeEnvironment node)
{
    [Fact]
    public async Task The_owner_adds_a_passkey_and_signs_in_with_it_instead_of_the_password()
    {
        await using var site = await OwnSite.StartAsync(node, new OwnSetup { Host = "localhost" });
        var browser = site.Browser;
        var account = new { url = new Uri(site.Url, "account").AbsoluteUri };
        var authenticator = await browser.AskAsync<string>("plugIn");
        await browser.DoAsync("visit", account);
        await browser.DoAsync("signIn");
        await browser.DoAsync("press", new { button = "Add a passkey" });
        await browser.DoAsync("press", new { button = "Create the passkey", name = "passkey-new" });
        var kept = Assert.Single(await browser.AskAsync<IReadOnlyList<KeptCredential>>("credentials", new { authenticator }));
        Assert.Equal(("localhost", true), (kept.RpId, kept.IsResidentCredential));

        await browser.DoAsync("forgetSession");
        var asked = await browser.AskAsync<VisitedPage>("visit", new { account.url, name = "passkey-sign-in" });
        Assert.Equal("/sign-in", new Uri(asked.Url).AbsolutePath);
        var signedIn = await browser.AskAsync<VisitedPage>("press", new { button = "Use a passkey" });
        Assert.Equal("/account", new Uri(signedIn.Url).AbsolutePath);
        Assert.Contains("passkey", (await browser.AskAsync<VisitedPage>("visit", new { account.url, name = "passkey-account" })).Text, StringComparison.Ordinal);
        Assert.Empty(browser.Problems);
    }

    /// <summary>A credential of the authenticator.</summary>
    private sealed record KeptCredential(string RpId, bool IsResidentCredential, int SignCount);
}
