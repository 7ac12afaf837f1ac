using System.Net;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>What the consent page shows, and what a client cannot make it show (SR-32).</summary>
public sealed class ConsentPageTests : ConsentScene
{
    private const string Known = "https://known.example/oauth/metadata.json";
    private const string KnownSite = "https://known.example/callback";

    [Fact]
    public async Task The_largest_text_is_the_redirect_host_and_the_name_is_quoted()
    {
        await AddClientAsync("phisher", "https://evil.example/cb", name: "Claude Code");

        var page = await OpenAsync(Ask("phisher", "https://evil.example/cb"));

        Assert.Contains("<h1 class=\"host\">evil.example</h1>", page.Html, StringComparison.Ordinal);
        Assert.Contains("<q dir=\"auto\">Claude Code</q>", page.Html, StringComparison.Ordinal);
        Assert.Contains("not verified", page.Text, StringComparison.Ordinal);
        Assert.Contains("“default”", page.Text, StringComparison.Ordinal);
        Assert.Contains("<p class=\"uri\">https://evil.example/cb</p>", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_of_this_computer_is_called_one_and_is_never_verified()
    {
        await AddClientAsync(Known, Loopback, ClientKind.Document, "Known");

        var page = await OpenAsync(Ask(Known, Loopback));

        Assert.Contains("<h1 class=\"host\">A program on this computer</h1>", page.Html, StringComparison.Ordinal);
        Assert.Contains("not verified", page.Text, StringComparison.Ordinal);
        Assert.Contains("Any program on this computer can give itself that name", page.Text, StringComparison.Ordinal);
        Assert.Contains("published at known.example", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_whose_description_is_on_a_known_host_is_verified()
    {
        await AddClientAsync(Known, KnownSite, ClientKind.Document, "Known");

        var page = await OpenAsync(Ask(Known, KnownSite));

        Assert.Contains("<span class=\"badge good\">verified</span>", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"warning\"", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://known.example.evil.example/m.json", "https://known.example.evil.example/cb")]
    [InlineData("https://evil.example/known.example", "https://evil.example/cb")]
    [InlineData("https://sub.known.example/m.json", "https://sub.known.example/cb")]
    public async Task A_host_that_only_resembles_a_known_one_is_not_verified(string id, string redirect)
    {
        await AddClientAsync(id, redirect, ClientKind.Document, "Known");

        Assert.Contains("not verified", (await OpenAsync(Ask(id, redirect))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_registered_itself_with_a_known_redirect_is_not_verified()
    {
        await AddClientAsync("dynamic", KnownSite, ClientKind.Dynamic, "Known");

        Assert.Contains("not verified", (await OpenAsync(Ask("dynamic", KnownSite))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_the_owner_added_says_so()
    {
        await AddClientAsync("mine", Site, ClientKind.Registered, "Mine");

        Assert.Contains("added by you", (await OpenAsync(Ask("mine", Site))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changes_something_starts_unticked_for_an_unverified_client()
    {
        await AddClientAsync("editor", Loopback);

        Assert.Equal(new Dictionary<string, bool> { ["read"] = true, ["subscribe"] = true, ["index"] = false, ["admin"] = false }, (await OpenAsync(Ask("editor", Loopback, All))).Boxes);
    }

    [Fact]
    public async Task Admin_starts_unticked_for_everybody()
    {
        await AddClientAsync(Known, KnownSite, ClientKind.Document, "Known");

        Assert.Equal(new Dictionary<string, bool> { ["read"] = true, ["subscribe"] = true, ["index"] = true, ["admin"] = false }, (await OpenAsync(Ask(Known, KnownSite, All))).Boxes);
    }

    [Fact]
    public async Task Only_what_is_asked_for_has_a_box_and_nothing_is_read_as_read()
    {
        await AddClientAsync("editor", Loopback);

        Assert.Equal(["read", "index"], (await OpenAsync(Ask("editor", Loopback, "agent-brain:index agent-brain:read"))).Boxes.Keys);
        Assert.Equal(["read"], (await OpenAsync(Ask("editor", Loopback, ""))).Boxes.Keys);
    }

    [Theory]
    [InlineData(Loopback, "http://127.0.0.1:7777")]
    [InlineData("http://localhost:7777/cb", "http://localhost:7777")]
    [InlineData("http://[::1]:7777/cb", "http:")]
    [InlineData(Site, "https://client.example")]
    [InlineData("https://client.example:8443/cb", "https://client.example:8443")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback", "cursor:")]
    public async Task The_form_may_lead_to_the_redirect_and_nowhere_else(string redirect, string source)
    {
        await AddClientAsync("editor", redirect);

        Assert.Contains($"form-action 'self' {source};", (await OpenAsync(Ask("editor", redirect))).Policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("</title><script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\"><b>bold</b>")]
    public async Task Markup_in_a_name_or_redirect_is_text(string text)
    {
        var redirect = "https://client.example/cb?x=" + Uri.EscapeDataString(text) + "&y='onload='";
        await AddClientAsync("editor", redirect, name: text);

        var page = await OpenAsync(Ask("editor", redirect, state: text));

        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page.Html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Every_box_has_a_label_and_every_page_a_title_and_a_language()
    {
        await AddClientAsync("editor", Loopback);

        var page = await OpenAsync(Ask("editor", Loopback, All));

        foreach (var box in page.Boxes.Keys)
            Assert.Contains($"for=\"scope-{box}\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", page.Html, StringComparison.Ordinal);
        Assert.Contains("<title>Allow access? · Agent Brain</title>", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("editor", "http://127.0.0.1:7777/other", "wants its answer elsewhere")]
    [InlineData("nobody", Loopback, "not known here")]
    public async Task A_wrong_client_or_redirect_is_told_on_a_page_and_never_by_a_redirect(string client, string redirect, string words)
    {
        await AddClientAsync("editor", Loopback);

        using var response = await Browser.Get(Ask(client, redirect));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.Contains("text/html", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("http://evil.example/cb")]
    [InlineData("https://user@client.example/cb")]
    public async Task A_redirect_that_should_never_have_been_registered_is_refused_here_too(string redirect)
    {
        await AddClientAsync("editor", redirect);

        using var response = await Browser.Get(Ask("editor", redirect));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    [Fact]
    public async Task Without_a_session_nothing_is_shown_and_nothing_is_kept()
    {
        await AddClientAsync("editor", Loopback);
        using var stranger = OwnerBrowser.Open(Brain);

        using var response = await stranger.Get(Ask("editor", Loopback));

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith("/sign-in?", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }
}
