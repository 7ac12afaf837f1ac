using System.Net;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.Consent;

/// <summary>What comes of the owner's answer, and how it is bound to what the page showed (SR-32).</summary>
public sealed class ConsentAnswerTests : ConsentScene
{
    [Fact]
    public async Task A_yes_grants_what_was_ticked_and_goes_back_with_a_code()
    {
        await AddClientAsync("editor", Loopback);

        var answer = await AllowAsync(Ask("editor", Loopback, All), "read", "index");

        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        Assert.StartsWith(Loopback + "?code=", answer.Location, StringComparison.Ordinal);
        Assert.Equal(43, answer.Query("code")!.Length);
        Assert.Equal("s1", answer.Query("state"));
        Assert.Equal(Issuer, answer.Query("iss"));
        var grant = Assert.Single(await GrantsAsync());
        Assert.Equal(ScopeSet.Read | ScopeSet.Index, grant.Scopes);
        Assert.Equal((Resource, "editor", "digest"), (grant.Resource, grant.ClientId, grant.MetadataDigest));
        Assert.True(grant.IsRefreshable);
        Assert.Contains("agent-brain:read agent-brain:index", Assert.Single(await ActivitiesAsync(ActivityKinds.ConsentGranted)).Detail, StringComparison.Ordinal);
        var client = await Store.ReadAsync(database => database.Clients.SingleAsync());
        Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds(), client.ConsentedAt!.Value.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task The_code_is_kept_with_the_challenge_redirect_and_key_of_the_request()
    {
        await AddClientAsync("editor", Loopback);

        await AllowAsync(Ask("editor", Loopback, more: "&dpop_jkt=0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"), "read");

        var code = await Store.ReadAsync(database => database.Codes.SingleAsync());
        Assert.Equal((Loopback, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"), (code.RedirectUri, code.CodeChallenge, code.KeyThumbprint));
    }

    [Theory]
    [InlineData("read", "read", "index", "subscribe", "admin")]
    [InlineData("read", "read", "read", "everything", "agent-brain:admin", "")]
    public async Task What_was_not_asked_for_is_not_granted_whatever_the_form_says(string asked, params string[] ticked)
    {
        await AddClientAsync("editor", Loopback);

        await AllowAsync(Ask("editor", Loopback, "agent-brain:" + asked), ticked);

        Assert.Equal(ScopeSet.Read, Assert.Single(await GrantsAsync()).Scopes);
    }

    [Theory]
    [InlineData("deny", "read")]
    [InlineData("allow", "")]
    [InlineData("", "read")]
    [InlineData("ALLOW", "read")]
    public async Task Whatever_is_not_clearly_a_yes_is_a_no(string button, string scope)
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));

        var answer = await AnswerAsync(page, button, [scope]);

        Assert.Contains("You said no", answer.Text, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
        Assert.Single(await ActivitiesAsync(ActivityKinds.ConsentDenied));
    }

    [Fact]
    public async Task A_client_that_nobody_vouches_for_is_not_told_of_a_refusal_by_a_redirect()
    {
        await AddClientAsync("phisher", "https://evil.example/cb", name: "Claude Code");
        var page = await OpenAsync(Ask("phisher", "https://evil.example/cb"));

        var answer = await AnswerAsync(page, "deny", []);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(answer.Location);
        Assert.DoesNotContain("https://evil.example", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_of_this_computer_is_told_by_a_link_that_the_owner_may_click()
    {
        await AddClientAsync("editor", Loopback);
        var page = await OpenAsync(Ask("editor", Loopback));

        var answer = await AnswerAsync(page, "deny", []);

        Assert.Null(answer.Location);
        Assert.Contains($"href=\"{Loopback}?error=access_denied", WebUtility.HtmlDecode(answer.Html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_the_owner_added_is_told_of_a_refusal_with_state_and_issuer()
    {
        await AddClientAsync("mine", Site, ClientKind.Registered);
        var page = await OpenAsync(Ask("mine", Site));

        var answer = await AnswerAsync(page, "deny", []);

        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        Assert.Equal(("access_denied", "s1", Issuer), (answer.Query("error"), answer.Query("state"), answer.Query("iss")));
        Assert.Null(answer.Query("code"));
    }

    [Fact]
    public async Task Consent_swapping_by_a_changed_registration_is_found()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        await ChangeClientAsync("editor");

        var answer = await AnswerAsync(page, "allow", ["read"]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains(Reasons.InteractionChanged, answer.Html, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
    }

    [Fact]
    public async Task Consent_swapping_by_a_redirect_that_is_registered_no_more_is_found()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        await MoveClientAsync("editor", "https://elsewhere.example/cb");

        var answer = await AnswerAsync(page, "allow", ["read"]);

        Assert.Contains(Reasons.InteractionChanged, answer.Html, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
    }

    [Fact]
    public async Task Consent_swapping_by_a_removed_client_is_found()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        await Store.WriteAsync(database => database.Clients.ExecuteDeleteAsync());

        Assert.Contains(Reasons.InteractionChanged, (await AnswerAsync(page, "allow", ["read"])).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_session_of_the_same_owner_cannot_answer()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        using var other = await OwnerBrowser.SignedIn(Brain);
        var own = await OpenAsync(Ask("editor", Site), other);

        var answer = await AnswerAsync(own with { Html = own.Html.Replace(own.Interaction!, page.Interaction!, StringComparison.Ordinal) }, "allow", ["read"], other);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains(Reasons.InteractionUnknown, answer.Html, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
    }

    [Fact]
    public async Task Without_a_session_nothing_is_answered()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        await Store.WriteAsync(database => database.Sessions.ExecuteUpdateAsync(update => update.SetProperty(session => session.EndedAt, Time.GetUtcNow())));

        var answer = await AnswerAsync(page, "allow", ["read"]);

        Assert.Contains(Reasons.AuthorizeSession, answer.Html, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
    }

    [Theory]
    [InlineData("allow", "allow")]
    [InlineData("deny", "allow")]
    public async Task A_request_is_answered_once(string first, string second)
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        await AnswerAsync(page, first, ["read"]);

        var answer = await AnswerAsync(page, second, ["read"]);

        Assert.Contains(Reasons.InteractionAnswered, answer.Html, StringComparison.Ordinal);
        Assert.Equal(first == "allow" ? 1 : 0, (await GrantsAsync()).Count);
    }

    [Fact]
    public async Task Of_twenty_answers_at_once_one_counts()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AnswerAsync(page, "allow", ["read"])));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.SeeOther);
        Assert.Single(await GrantsAsync());
    }

    [Fact]
    public async Task A_request_waits_for_ten_minutes()
    {
        await AddClientAsync("editor", Site);
        var (early, late) = (await OpenAsync(Ask("editor", Site)), await OpenAsync(Ask("editor", Site)));

        Time.Advance(Interactions.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await AnswerAsync(early, "allow", ["read"])).Status);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains(Reasons.InteractionExpired, (await AnswerAsync(late, "allow", ["read"])).Html, StringComparison.Ordinal);
        Assert.Single(await GrantsAsync());
    }

    [Fact]
    public async Task The_oldest_of_twenty_one_open_requests_makes_room()
    {
        await AddClientAsync("editor", Site);
        var pages = new List<ShownPage>();
        for (var i = 0; i <= Interactions.MaxOpen; i++)
        {
            pages.Add(await OpenAsync(Ask("editor", Site)));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(Interactions.MaxOpen, await Store.ReadAsync(database => database.Interactions.CountAsync()));
        Assert.Contains(Reasons.InteractionUnknown, (await AnswerAsync(pages[0], "allow", ["read"])).Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await AnswerAsync(pages[1], "allow", ["read"])).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_made_up_id_finds_nothing(string id)
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));

        var answer = await AnswerAsync(page with { Html = page.Html.Replace(page.Interaction!, id, StringComparison.Ordinal) }, "allow", ["read"]);

        Assert.Contains(Reasons.InteractionUnknown, answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_id_is_kept_as_a_digest_alone()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));

        var kept = await Store.ReadAsync(database => database.Interactions.SingleAsync());

        Assert.NotEqual(page.Interaction, kept.IdDigest);
        Assert.DoesNotContain(Brain.Log.Lines, line => line.Contains(page.Interaction!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Admin_needs_a_proof_of_the_last_five_minutes_and_comes_back_to_the_same_request()
    {
        await AddClientAsync("editor", Loopback);
        Time.Advance(TimeSpan.FromMinutes(4));
        var page = await OpenAsync(Ask("editor", Loopback, All));

        var first = await AnswerAsync(page, "allow", ["read", "admin"]);

        Assert.Equal(HttpStatusCode.SeeOther, first.Status);
        Assert.StartsWith("/sign-in?again=", first.Location, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
        var back = Uri.UnescapeDataString(first.Location!["/sign-in?again=".Length..]);
        using var signedIn = await Browser.SignIn(target: back, again: true);
        Assert.Equal(back, signedIn.Headers.Location!.OriginalString);
        var again = await OpenAsync(back);
        Assert.Equal(page.Interaction, again.Interaction);
        Assert.Equal(new Dictionary<string, bool> { ["read"] = true, ["index"] = false, ["subscribe"] = false, ["admin"] = true }, again.Boxes);

        var second = await AnswerAsync(again, "allow", ["read", "admin"]);

        Assert.StartsWith(Loopback + "?code=", second.Location, StringComparison.Ordinal);
        Assert.Equal(ScopeSet.Read | ScopeSet.Admin, Assert.Single(await GrantsAsync()).Scopes);
    }

    [Fact]
    public async Task Without_admin_no_new_proof_is_asked_for()
    {
        await AddClientAsync("editor", Loopback);
        Time.Advance(TimeSpan.FromMinutes(10));

        await AllowAsync(Ask("editor", Loopback, All), "read", "index", "subscribe");

        Assert.Single(await GrantsAsync());
    }

    [Fact]
    public async Task Coming_back_changes_nothing_and_shows_only_ones_own_open_request()
    {
        await AddClientAsync("editor", Site);
        var page = await OpenAsync(Ask("editor", Site));
        var path = "/consent?interaction=" + page.Interaction;

        Assert.Equal(page.Interaction, (await OpenAsync(path)).Interaction);
        using var other = await OwnerBrowser.SignedIn(Brain);
        Assert.Contains(Reasons.InteractionUnknown, await other.Read(path), StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
        await ChangeClientAsync("editor");
        Assert.Contains(Reasons.InteractionChanged, await Browser.Read(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pushed_request_is_granted_once_in_however_many_windows(bool isPruned)
    {
        await AddClientAsync("editor", Loopback);
        var path = await PushAsync("editor", Loopback);
        var (first, second) = (await OpenAsync(path), await OpenAsync(path));
        if (isPruned)
            await Store.WriteAsync(database => database.PushedRequests.ExecuteDeleteAsync());

        Assert.Equal(HttpStatusCode.SeeOther, (await AnswerAsync(first, "allow", ["read"])).Status);
        Assert.Contains(Reasons.InteractionAnswered, (await AnswerAsync(second, "allow", ["read"])).Html, StringComparison.Ordinal);
        using var third = await Browser.Get(path);
        Assert.Equal(HttpStatusCode.BadRequest, third.StatusCode);
        Assert.Single(await GrantsAsync());
    }

    [Fact]
    public async Task A_pushed_request_that_was_redeemed_elsewhere_grants_nothing()
    {
        await AddClientAsync("editor", Loopback);
        var page = await OpenAsync(await PushAsync("editor", Loopback));
        await Store.WriteAsync(database => database.PushedRequests.ExecuteUpdateAsync(update => update.SetProperty(request => request.Status, "redeemed")));

        Assert.Contains(Reasons.InteractionAnswered, (await AnswerAsync(page, "allow", ["read"])).Html, StringComparison.Ordinal);
        Assert.Empty(await GrantsAsync());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space & ampersand=1?x#y")]
    [InlineData("+%2B%20%25")]
    [InlineData("<script>alert(1)</script>\"'")]
    [InlineData("žluťoučký 日本語 🙂")]
    [InlineData("a\r\nLocation: https://evil.example")]
    public async Task State_comes_back_byte_for_byte(string state)
    {
        await AddClientAsync("editor", Site);

        var answer = await AllowAsync(Ask("editor", Site, state: state), "read");

        Assert.Equal(state, answer.Query("state"));
        Assert.StartsWith(Site, answer.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_state_is_answered_without_one()
    {
        await AddClientAsync("editor", Site);

        var answer = await AllowAsync(Ask("editor", Site, state: ""), "read");

        Assert.DoesNotContain("state", answer.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_is_no_text_is_refused_since_it_could_not_come_back()
    {
        await AddClientAsync("editor", Site);

        using var response = await Browser.Get(Ask("editor", Site).Replace("state=s1", "state=%FF%FE", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_query_of_the_redirect_uri_stays_as_it_is()
    {
        const string Odd = "https://client.example/cb?a=%7e&b=1+1";
        await AddClientAsync("editor", Odd);

        var answer = await AllowAsync(Ask("editor", Odd), "read");

        Assert.StartsWith(Odd + "&code=", answer.Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"grant_types":["authorization_code"]}""", false)]
    [InlineData("""{"grant_types":["authorization_code","refresh_token"]}""", true)]
    [InlineData("""{}""", true)]
    public async Task Refreshing_follows_the_registration(string metadata, bool mayRefresh)
    {
        await AddClientAsync("editor", Site, metadata: metadata);

        await AllowAsync(Ask("editor", Site), "read");

        Assert.Equal(mayRefresh, Assert.Single(await GrantsAsync()).IsRefreshable);
    }
}
