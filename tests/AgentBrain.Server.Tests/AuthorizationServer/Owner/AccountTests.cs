using System.Net;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>The account page, and the way back for an owner who lost the password (SR-28).</summary>
public sealed class AccountTests
{
    private const string NewPassword = "amber ladders under the snow";

    [Fact]
    public async Task The_password_is_changed_by_who_knows_it_and_other_browsers_are_signed_out()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var other = await OwnerBrowser.SignedIn(brain);
        var before = owner.Cookie("ab");

        using var changed = await Change(owner, OwnerBrowser.Password, NewPassword, NewPassword);
        using var mine = await owner.Get("/account");
        using var theirs = await other.Get("/account");
        using var old = await other.SignIn();
        using var fresh = await other.SignIn(NewPassword);

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Contains("The password is changed", await changed.Content.ReadAsStringAsync());
        Assert.NotEqual(before, owner.Cookie("ab"));
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, theirs.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, fresh.StatusCode);
    }

    [Theory]
    [InlineData("a wrong password", NewPassword, NewPassword, HttpStatusCode.Forbidden, "not the current password")]
    [InlineData(OwnerBrowser.Password, "short", "short", HttpStatusCode.BadRequest, "at least 12")]
    [InlineData(OwnerBrowser.Password, NewPassword, NewPassword + "x", HttpStatusCode.BadRequest, "two new passwords differ")]
    public async Task It_is_not_changed_otherwise(string current, string next, string repeat, HttpStatusCode status, string told)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);

        using var refused = await Change(owner, current, next, repeat);

        Assert.Equal(status, refused.StatusCode);
        Assert.Contains(told, await refused.Content.ReadAsStringAsync());
        using var browser = await OwnerBrowser.SignedIn(brain);
    }

    [Fact]
    public async Task Who_has_the_browser_cannot_guess_the_password_there_without_end()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var owner = await OwnerBrowser.SetUp(brain);
        for (var attempt = 0; attempt < 3; attempt++)
            (await Change(owner, "a wrong password", NewPassword, NewPassword)).Dispose();

        using var tooSoon = await Change(owner, "a wrong password", NewPassword, NewPassword);

        Assert.Equal(HttpStatusCode.TooManyRequests, tooSoon.StatusCode);
    }

    [Theory]
    [InlineData("/account")]
    [InlineData("/account/passkeys/new")]
    public async Task Its_pages_are_for_the_owner(string path)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.Get(path);

        Assert.Equal("/sign-in?return=" + Uri.EscapeDataString(path), answer.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/account/password")]
    [InlineData("/account/passkeys")]
    [InlineData("/account/passkeys/rename")]
    [InlineData("/account/passkeys/remove")]
    [InlineData("/account/sessions/end")]
    [InlineData("/account/sign-out-everywhere")]
    public async Task Its_forms_do_nothing_for_anybody_else(string path)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        var token = OwnerBrowser.Token(await browser.Read("/sign-in"));

        using var answer = await browser.Post(path, token, [new("password", OwnerBrowser.Password), new("new_password", NewPassword), new("repeat_password", NewPassword)]);
        using var forged = await owner.Post(path, null, []);

        Assert.Equal("/sign-in?return=%2Faccount", answer.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using var stillThere = await owner.Get("/account");
        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
    }

    [Fact]
    public async Task Browsers_are_listed_and_signed_out_one_by_one()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var other = OwnerBrowser.Open(brain);
        other.Client.DefaultRequestHeaders.Remove("User-Agent");
        (await other.SignIn()).Dispose();
        var sessions = await brain.Services.GetRequiredService<OwnerSessions>().ListAsync();
        var page = await owner.Read("/account");
        var theirs = sessions.Single(session => session.UserAgent is null).Id;
        var mine = sessions.Single(session => session.UserAgent is not null).Id;

        using var ended = await owner.Post("/account/sessions/end", OwnerBrowser.Token(page), [new("id", theirs)]);
        using var gone = await other.Get("/account");
        using var none = await owner.Post("/account/sessions/end", OwnerBrowser.Token(page), [new("id", "no such")]);
        using var own = await owner.Post("/account/sessions/end", OwnerBrowser.Token(page), [new("id", mine)]);

        Assert.Contains("Test browser", page);
        Assert.Contains("this one", page);
        Assert.Equal("/account", ended.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.SeeOther, gone.StatusCode);
        Assert.Equal("/account", none.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in", own.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_everywhere_ends_all_sessions_and_if_wished_all_grants(bool revokeGrants)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var other = await OwnerBrowser.SignedIn(brain);
        await AddGrant(brain);

        using var answer = await owner.Submit("/account", "/account/sign-out-everywhere", revokeGrants ? [new("revoke_grants", "true")] : []);
        using var gone = await other.Get("/account");

        Assert.Equal("/sign-in", answer.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.SeeOther, gone.StatusCode);
        Assert.Empty(await brain.Services.GetRequiredService<OwnerSessions>().ListAsync());
        Assert.Equal(revokeGrants, await IsRevoked(brain));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_takes_everything_away_that_signs_in_and_its_link_sets_a_new_password(bool revokeGrants)
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        await AddGrant(brain);

        var link = await brain.Services.GetRequiredService<OwnerReset>().ResetAsync(revokeGrants);
        using var gone = await owner.Get("/account");
        using var old = await owner.SignIn();
        var page = await owner.Read("/setup");
        using var set = await owner.UseLink(link!, NewPassword);
        using var again = await owner.Post("/setup", OwnerBrowser.Token(await owner.Read("/account")), [new("code", link!), new("new_password", NewPassword), new("repeat_password", NewPassword)]);
        using var browser = OwnerBrowser.Open(brain);
        using var signedIn = await browser.SignIn(NewPassword);

        Assert.Equal(HttpStatusCode.SeeOther, gone.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
        Assert.Contains("Set a new password", page);
        Assert.Equal(HttpStatusCode.SeeOther, set.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal(revokeGrants, await IsRevoked(brain));
        Assert.Equal(1, await Store(brain).ReadAsync(database => database.Users.CountAsync()));
    }

    [Fact]
    public async Task Without_an_owner_there_is_nothing_to_reset()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var reset = brain.Services.GetRequiredService<OwnerReset>();

        Assert.Null(await reset.ResetAsync(revokeGrants: true));
        Assert.Contains("no owner", await reset.SetPasswordAsync(NewPassword));
    }

    [Fact]
    public async Task The_machine_sets_a_password_by_the_same_rules_and_ends_all_sessions()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        var reset = brain.Services.GetRequiredService<OwnerReset>();

        var weak = await reset.SetPasswordAsync("password1234");
        using var stillThere = await owner.Get("/account");
        var good = await reset.SetPasswordAsync(NewPassword);
        using var gone = await owner.Get("/account");

        Assert.Contains("Many people", weak);
        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
        Assert.Null(good);
        Assert.Equal(HttpStatusCode.SeeOther, gone.StatusCode);
    }

    private static AuthorityStore Store(TestBrain brain) => brain.Services.GetRequiredService<AuthorityStore>();

    private static async Task<HttpResponseMessage> Change(OwnerBrowser browser, string current, string next, string repeat) => await browser.Submit(
        "/account", "/account/password", [new("password", current), new("new_password", next), new("repeat_password", repeat)]);

    private static Task AddGrant(TestBrain brain) => Store(brain).WriteAsync(async database =>
    {
        var owner = await database.Users.SingleAsync();
        var now = brain.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        database.Grants.Add(new GrantRecord
        {
            Id = "grant",
            Subject = owner.Id,
            ClientId = "client",
            MetadataDigest = "digest",
            Resource = $"{brain.Url}mcp",
            Scopes = AgentBrain.OAuth.Scopes.ScopeSet.Read,
            CreatedAt = now,
            AuthenticatedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(1),
        });
    });

    private static Task<bool> IsRevoked(TestBrain brain) => Store(brain).ReadAsync(database => database.Grants.AnyAsync(grant => grant.RevokedAt != null));
}
