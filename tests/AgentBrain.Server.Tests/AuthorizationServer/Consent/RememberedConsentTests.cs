using System.Net;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>Whom the owner's earlier yes spares the page, and whom it must not (SR-19).</summary>
public sealed class RememberedConsentTests : ConsentScene
{
    private const string Secret = "a-secret-of-the-service-0123456789abcdef";

    [Fact]
    public async Task Silent_second_login_of_a_loopback_client_is_not_possible()
    {
        // Claude Code's document lists loopback; any program of the computer can ask in its name, on a port of its own.
        const string ClaudeCode = "https://known.example/oauth/claude-code-client-metadata";
        await AddClientAsync(ClaudeCode, Loopback, ClientKind.Document, "Claude Code");
        await AllowAsync(Ask(ClaudeCode, Loopback), "read");

        using var response = await Browser.Get(Ask(ClaudeCode, Loopback));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.Contains("A program on this computer", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(await GrantsAsync());
    }

    [Theory]
    [InlineData(ClientKind.Document, DocumentId, Site, false, true)]
    [InlineData(ClientKind.Document, DocumentId, "https://other.example/cb", false, false)]
    [InlineData(ClientKind.Document, DocumentId, "https://client.example:8443/cb", false, false)]
    [InlineData(ClientKind.Document, DocumentId, Loopback, false, false)]
    [InlineData(ClientKind.Document, DocumentId, "http://localhost:9/cb", false, false)]
    [InlineData(ClientKind.Document, DocumentId, "cursor://cb", false, false)]
    [InlineData(ClientKind.Dynamic, "dynamic", Site, false, false)]
    [InlineData(ClientKind.Registered, "mine", Site, false, false)]
    [InlineData(ClientKind.Registered, "mine", Site, true, true)]
    [InlineData(ClientKind.Dynamic, "dynamic", Site, true, true)]
    [InlineData(ClientKind.Registered, "mine", Loopback, true, false)]
    [InlineData(ClientKind.Registered, "mine", "cursor://cb", true, false)]
    internal async Task The_page_is_spared_only_where_nobody_can_pose_as_the_client(ClientKind kind, string id, string redirect, bool isConfidential, bool isSpared)
    {
        await AddClientAsync(id, redirect, kind, secret: isConfidential ? Secret : null);
        await AllowAsync(Ask(id, redirect), "read");

        using var response = await Browser.Get(Ask(id, redirect, state: "s2"));

        var page = await ShownPage.ReadAsync(response);
        Assert.Equal(isSpared ? HttpStatusCode.SeeOther : HttpStatusCode.OK, page.Status);
        Assert.Equal(isSpared ? 2 : 1, (await GrantsAsync()).Count);
        Assert.Equal(isSpared ? 2 : 1, (await ActivitiesAsync(ActivityKinds.ConsentGranted)).Count);
        if (isSpared)
            Assert.Equal(("s2", Issuer), (page.Query("state"), page.Query("iss")));
    }

    [Fact]
    public async Task What_was_not_agreed_to_before_is_asked_for()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site, "agent-brain:read agent-brain:index"), "read");

        var page = await OpenAsync(Ask(DocumentId, Site, "agent-brain:read agent-brain:index"));

        Assert.Equal(new Dictionary<string, bool> { ["read"] = true, ["index"] = false }, page.Boxes);
        using var less = await Browser.Get(Ask(DocumentId, Site));
        Assert.Equal(HttpStatusCode.SeeOther, less.StatusCode);
    }

    [Fact]
    public async Task Admin_is_never_remembered()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site, All), "read", "admin");

        var page = await OpenAsync(Ask(DocumentId, Site, "agent-brain:read agent-brain:admin"));

        Assert.Equal(new Dictionary<string, bool> { ["read"] = true, ["admin"] = false }, page.Boxes);
        Assert.Equal(ScopeSet.Read, await Store.ReadAsync(database => database.Consents.Select(consent => consent.Scopes).SingleAsync()));
    }

    [Fact]
    public async Task A_loopback_client_finds_its_boxes_ticked_as_they_were_on_any_port()
    {
        await AddClientAsync("editor", Loopback);
        await AddClientAsync("other", Loopback);
        await AllowAsync(Ask("editor", Loopback, All), "index");

        Assert.Equal(new Dictionary<string, bool> { ["read"] = false, ["index"] = true, ["subscribe"] = false, ["admin"] = false }, (await OpenAsync(Ask("editor", Loopback, All))).Boxes);
        Assert.True((await OpenAsync(Ask("other", Loopback, All))).Boxes["read"]);
    }

    [Fact]
    public async Task A_changed_client_is_asked_about_again()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");
        await ChangeClientAsync(DocumentId);

        await OpenAsync(Ask(DocumentId, Site));

        Assert.Single(await GrantsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_revoked_proven_client_is_asked_about_again(bool isAll)
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");
        var waiting = await OpenAsync(Ask(DocumentId, Site, more: "&prompt=consent"));
        var grants = Brain.Services.GetRequiredService<GrantStore>();

        if (isAll)
            Assert.Equal(1, await grants.RevokeAllAsync(ActivityKinds.GrantRevoked, null));
        else
            Assert.True(await grants.RevokeAsync(Assert.Single(await GrantsAsync()).Id, ActivityKinds.GrantRevoked, null));

        await OpenAsync(Ask(DocumentId, Site));
        var late = await AnswerAsync(waiting, "allow", ["read"]);
        Assert.Equal(HttpStatusCode.Forbidden, late.Status);
        Assert.Single(await GrantsAsync());
    }

    [Fact]
    public async Task Revoking_one_client_forgets_nothing_about_another()
    {
        const string Other = "https://known.example/m.json";
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AddClientAsync(Other, "https://known.example/cb", ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");
        await AllowAsync(Ask(Other, "https://known.example/cb"), "read");
        var mine = (await GrantsAsync()).Single(grant => grant.ClientId == DocumentId).Id;

        await Brain.Services.GetRequiredService<GrantStore>().RevokeAsync(mine, ActivityKinds.GrantRevoked, null);

        Assert.Equal([Other], await Store.ReadAsync(database => database.Consents.Select(consent => consent.ClientId).ToListAsync()));
        using var spared = await Browser.Get(Ask(Other, "https://known.example/cb"));
        Assert.Equal(HttpStatusCode.SeeOther, spared.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_forgets_remembered_consent(bool revokeGrants)
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");
        await OpenAsync(Ask(DocumentId, Site, more: "&prompt=consent"));

        var link = await Brain.Services.GetRequiredService<OwnerReset>().ResetAsync(revokeGrants);

        Assert.Equal((0, 0), await Store.ReadAsync(async database => (await database.Consents.CountAsync(), await database.Interactions.CountAsync())));
        using var owner = OwnerBrowser.Open(Brain);
        (await owner.UseLink(link!, "amber ladders under the snow")).Dispose();
        await OpenAsync(Ask(DocumentId, Site), owner);
        Assert.Equal(revokeGrants, Assert.Single(await GrantsAsync()).RevokedAt is not null);
    }

    [Fact]
    public async Task Prompt_consent_shows_the_page_always()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");

        await OpenAsync(Ask(DocumentId, Site, more: "&prompt=consent"));
    }

    [Fact]
    public async Task Prompt_none_of_a_remembered_client_is_granted()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");

        using var response = await Browser.Get(Ask(DocumentId, Site, more: "&prompt=none"));

        Assert.NotNull((await ShownPage.ReadAsync(response)).Query("code"));
    }

    [Theory]
    [InlineData("editor", Loopback)]
    [InlineData(DocumentId, Site)]
    public async Task Prompt_none_of_an_unverified_client_fails_on_a_page(string id, string redirect)
    {
        await AddClientAsync(id, redirect, id == DocumentId ? ClientKind.Document : ClientKind.Dynamic);

        using var response = await Browser.Get(Ask(id, redirect, more: "&prompt=none"));

        var page = await ShownPage.ReadAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Location);
        Assert.Contains("consent_required", page.Html, StringComparison.Ordinal);
        Assert.Null(page.Interaction);
    }

    [Fact]
    public async Task Prompt_none_of_a_verified_client_is_told_that_consent_is_required()
    {
        const string Id = "https://known.example/m.json";
        await AddClientAsync(Id, "https://known.example/cb", ClientKind.Document);

        using var response = await Browser.Get(Ask(Id, "https://known.example/cb", more: "&prompt=none"));

        var page = await ShownPage.ReadAsync(response);
        Assert.Equal(("consent_required", "s1", Issuer), (page.Query("error"), page.Query("state"), page.Query("iss")));
    }

    [Fact]
    public async Task Right_after_a_sign_in_the_way_back_is_a_page_that_goes_on_by_itself()
    {
        await AddClientAsync(DocumentId, Site, ClientKind.Document);
        await AllowAsync(Ask(DocumentId, Site), "read");
        using var other = await OwnerBrowser.SignedIn(Brain);

        using var response = await other.Get(Ask(DocumentId, Site, state: "a\"b<c"));

        var page = await ShownPage.ReadAsync(response);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains($"content=\"0;url={Site}?code=", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("a\"b", page.Html, StringComparison.Ordinal);
        Assert.Equal(2, (await GrantsAsync()).Count);
    }
}
