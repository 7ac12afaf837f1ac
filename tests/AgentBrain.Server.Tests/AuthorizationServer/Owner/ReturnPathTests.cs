using System.Net;
using AgentBrain.Server.AuthorizationServer.Owner;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Where a browser may be sent after signing in: nowhere but here (RFC 9700 §4.11.2).</summary>
public sealed class ReturnPathTests
{
    public static TheoryData<string> Foreign =>
    [
        "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
        "\\/evil.example", "/\\/evil.example", "/%5cevil.example", "/%2f%2fevil.example", "/%09/evil.example", "/\t/evil.example", "\t//evil.example", "\n//evil.example",
        "/\n/evil.example", "/\r/evil.example", " //evil.example", " https://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
        "https:evil.example", "https:/evil.example", "http:\\\\evil.example", "//evil.example%2f/account", "//account@evil.example", "/account@evil.example", "@evil.example",
        "evil.example", "evil.example/account", "./account", "../account", "/./account", "/../account", "/account/../../evil", "/account/..//evil.example",
        "/account//evil.example", "/account\\..\\evil", "/account/%2e%2e/evil", "/account.evil.example", "/accountant", "/account:80@evil.example", "/account;x", "/account#@evil.example",
        "/oauth/authorize", "/oauth/authorize#?x", "/oauth/authorize/?x", "/oauth/authorize//evil?x", "/OAUTH/AUTHORIZE?x", "/oauth/authorize/../x?y", "/oauth/token?x", "/sign-out", "/sign-in?return=//evil.example",
        "/consents", "/setup", "/mcp", "/", "", "?return=/account", "/console//evil.example", "/console\u2028", "/account\u0000", "/account\u00a0", "/oauth/authorize?a=\u00e9", "/oauth/authorize?a=b c", "/oauth/authorize?a=b\r\nSet-Cookie:x=y",
        "\u3000//evil.example", "/\u200b/evil.example", "http://127.0.0.1@evil.example", "/oauth/authorize?\\", "/oauth/authorize?a#b",
    ];

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Whatever_is_not_a_page_of_ours_is_replaced(string path)
    {
        Assert.False(ReturnPath.IsOurs(path));
        Assert.Equal("/account", ReturnPath.Of(path));
    }

    [Theory]
    [InlineData("/account")]
    [InlineData("/account/passkeys/new")]
    [InlineData("/console")]
    [InlineData("/console?page=2")]
    [InlineData("/console/clients/3x")]
    [InlineData("/oauth/authorize?client_id=https%3A%2F%2Fclaude.ai%2Foauth&redirect_uri=http://localhost:1234/callback&state=a//b")]
    public void A_page_of_ours_is_kept(string path) => Assert.Equal(path, ReturnPath.Of(path));

    [Fact]
    public void Nothing_longer_than_eight_kilobytes_is_kept()
    {
        const string Start = "/oauth/authorize?a=";

        Assert.True(ReturnPath.IsOurs(Start + new string('b', ReturnPath.MaxLength - Start.Length)));
        Assert.False(ReturnPath.IsOurs(Start + new string('b', ReturnPath.MaxLength - Start.Length + 1)));
        Assert.False(ReturnPath.IsOurs(null));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/oauth/authorize/../../evil")]
    public async Task Open_redirect_a_foreign_path_in_page_or_form_leads_to_the_account(string path)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var browser = await OwnerBrowser.SetUp(brain);
        using var other = OwnerBrowser.Open(brain);

        using var already = await browser.Get("/sign-in?return=" + Uri.EscapeDataString(path));
        using var signedIn = await other.SignIn(target: path);
        using var again = await other.SignIn(target: path, again: true);

        Assert.All([already, signedIn, again], answer =>
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal("/account", answer.Headers.Location!.OriginalString);
        });
    }
}
