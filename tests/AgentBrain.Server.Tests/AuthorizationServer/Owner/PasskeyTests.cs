using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Passkeys: the ceremonies (WebAuthn §7) against an authenticator that cheats.</summary>
public sealed partial class PasskeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestBrain _brain = null!;
    private OwnerBrowser _owner = null!;
    private SoftwareAuthenticator _key = null!;

    public async ValueTask InitializeAsync()
    {
        _brain = await OwnerBrowser.StartNamedServer(builder => builder.Services.AddSingleton<TimeProvider>(_time));
        _owner = await OwnerBrowser.SetUp(_brain);
        _key = new SoftwareAuthenticator { Origin = _owner.Url.GetLeftPart(UriPartial.Authority) };
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        _owner.Dispose();
        await _brain.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passkey_is_added_named_and_signs_in(bool isPacked)
    {
        _key.IsPacked = isPacked;
        _key.Count = 1;
        using var added = await Add("My phone");
        _key.Count = 2;
        using var browser = OwnerBrowser.Open(_brain);
        using var signedIn = await SignIn(browser, target: "/console");

        Assert.Equal("/account", added.Headers.Location?.OriginalString);
        Assert.Contains("My phone", await _owner.Read("/account"));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal("/console", signedIn.Headers.Location!.OriginalString);
        var session = await Store.ReadAsync(database => database.Sessions.OrderByDescending(row => row.CreatedAt).Where(row => row.Method == "passkey").SingleAsync());
        Assert.Null(session.EndedAt);
        Assert.Equal(2u, (await Store.ReadAsync(database => database.UserPasskeys.SingleAsync())).Data.SignCount);
    }

    [Fact]
    public async Task A_passkey_proves_again_who_one_is()
    {
        (await Add()).Dispose();
        _time.Advance(TimeSpan.FromMinutes(10));
        var page = await _owner.Read("/sign-in?again=%2Fconsole");

        using var answer = await _owner.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("again", "/console"), new("credential", _key.Get(Options(page)))]);

        Assert.Equal("/console", answer.Headers.Location?.OriginalString);
        Assert.Single(await _brain.Services.GetRequiredService<OwnerSessions>().ListAsync());
    }

    [Fact]
    public async Task The_pages_ask_for_verification_of_the_user_a_discoverable_key_and_this_host()
    {
        var creation = JsonNode.Parse(Options(await _owner.Read("/account/passkeys/new")))!;
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        var request = JsonNode.Parse(Options(await browser.Read("/sign-in")))!;

        Assert.Equal("localhost", (string?)creation["rp"]!["id"]);
        Assert.Equal("required", (string?)creation["authenticatorSelection"]!["userVerification"]);
        Assert.Equal("required", (string?)creation["authenticatorSelection"]!["residentKey"]);
        Assert.Equal("localhost", (string?)request["rpId"]);
        Assert.Equal("required", (string?)request["userVerification"]);
        Assert.Empty(request["allowCredentials"]?.AsArray() ?? []);
        Assert.Equal(300_000, (int?)request["timeout"]);
    }

    public static TheoryData<string> Cheats => ["origin", "scheme", "framed", "challenge", "unverified", "relying party"];

    [Theory]
    [MemberData(nameof(Cheats))]
    public async Task Adding_is_refused_for_a_wrong(string what)
    {
        Cheat(what);

        using var answer = await Add();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, await Store.ReadAsync(database => database.UserPasskeys.CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Cheats))]
    public async Task Signing_in_is_refused_for_a_wrong(string what)
    {
        (await Add()).Dispose();
        Cheat(what);
        using var browser = OwnerBrowser.Open(_brain);

        using var answer = await SignIn(browser);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(browser.Cookie("ab"));
    }

    [Fact]
    public async Task Replay_a_challenge_is_answered_once()
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        var page = await browser.Read("/sign-in");
        var state = browser.Cookie("ab-passkey")!;
        var credential = _key.Get(Options(page));
        using var first = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", credential)]);
        using var thief = OwnerBrowser.Open(_brain);
        var token = OwnerBrowser.Token(await thief.Read("/sign-in"));
        thief.Cookies.Add(thief.Url, new Cookie("ab-passkey", state));

        using var replayed = await thief.Post("/sign-in/passkey", token, [new("return", ""), new("credential", credential)]);

        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, replayed.StatusCode);
    }

    [Fact]
    public async Task Replay_a_signature_for_one_challenge_is_none_for_another()
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        var old = _key.Get(Options(await browser.Read("/sign-in")));
        var page = await browser.Read("/sign-in");

        using var answer = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", old)]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_challenge_lasts_five_minutes()
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        var page = await browser.Read("/sign-in");
        _time.Advance(TimeSpan.FromMinutes(5));

        using var late = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", _key.Get(Options(page)))]);

        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task A_state_for_adding_is_none_for_signing_in_and_a_forged_one_is_none_at_all()
    {
        (await Add()).Dispose();
        (await _owner.Get("/account/passkeys/new")).Dispose();
        var adding = _owner.Cookie("ab-passkey")!;
        using var browser = OwnerBrowser.Open(_brain);
        var page = await browser.Read("/sign-in");
        var good = browser.Cookie("ab-passkey")!;
        var parts = good.Split('.');
        foreach (var forged in new[] { adding, "x", $"{parts[0]}.{parts[1][..^1]}", $"!{parts[0]}.{parts[1]}", $"{parts[0]}A.{parts[1]}", $"{parts[0]}.{parts[1]}.x", new string('x', 3100) })
        {
            browser.Cookies.Add(browser.Url, new Cookie("ab-passkey", forged));
            using var answer = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", _key.Get(Options(page)))]);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            _time.Advance(TimeSpan.FromSeconds(20));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("not json")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"AAAA","authenticatorData":"AAAA","signature":"AAAA","userHandle":"AAAA"},"clientExtensionResults":{}}""")]
    public async Task What_is_no_credential_is_refused_and_breaks_nothing(string credential)
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        var page = await browser.Read("/sign-in");
        var newPage = await _owner.Read("/account/passkeys/new");

        using var signIn = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", credential)]);
        using var add = await _owner.Post("/account/passkeys", OwnerBrowser.Token(newPage), [new("name", "x"), new("credential", credential)]);

        Assert.Equal(HttpStatusCode.Forbidden, signIn.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, add.StatusCode);
    }

    [Fact]
    public async Task A_counter_that_stands_still_is_a_copied_key()
    {
        _key.Count = 5;
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);

        using var same = await SignIn(browser);
        _key.Count = 6;
        using var next = await SignIn(browser);
        using var copy = await SignIn(OwnerBrowser.Open(_brain));

        Assert.Equal(HttpStatusCode.Forbidden, same.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, copy.StatusCode);
    }

    [Fact]
    public async Task A_key_that_nobody_added_signs_nobody_in()
    {
        (await Add()).Dispose();
        using var other = new SoftwareAuthenticator { Origin = _key.Origin };
        other.Create(Options(await _owner.Read("/account/passkeys/new")));
        using var browser = OwnerBrowser.Open(_brain);
        var page = await browser.Read("/sign-in");

        using var answer = await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", other.Get(Options(page)))]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Wrong_passkeys_have_a_budget_of_their_own()
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var page = await browser.Read("/sign-in");
            (await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", ""), new("credential", "{}")])).Dispose();
        }

        using var tooSoon = await SignIn(browser);
        using var password = await browser.SignIn();

        Assert.Equal(HttpStatusCode.TooManyRequests, tooSoon.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, password.StatusCode);
    }

    [Fact]
    public async Task The_same_passkey_is_added_once_and_there_is_a_most_of_them()
    {
        (await Add()).Dispose();
        using var again = await Add();
        for (var more = 1; more < Passkeys.MaxCount; more++)
        {
            using var key = new SoftwareAuthenticator { Origin = _key.Origin };
            using var added = await Add("", key);
            Assert.Equal(HttpStatusCode.SeeOther, added.StatusCode);
        }

        using var last = new SoftwareAuthenticator { Origin = _key.Origin };
        using var tooMany = await Add("", last);

        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.StatusCode);
    }

    [Fact]
    public async Task Adding_and_removing_ask_for_a_fresh_proof_and_end_other_sessions()
    {
        using var other = await OwnerBrowser.SignedIn(_brain);
        (await Add()).Dispose();
        using var ended = await other.Get("/account");
        var account = await _owner.Read("/account");
        var id = PasskeyId().Match(account).Groups["id"].Value;
        _time.Advance(TimeSpan.FromMinutes(6));

        using var page = await _owner.Get("/account/passkeys/new");
        using var add = await _owner.Post("/account/passkeys", OwnerBrowser.Token(account), [new("name", "x"), new("credential", "{}")]);
        using var stale = await _owner.Post("/account/passkeys/remove", OwnerBrowser.Token(account), [new("id", id)]);
        (await _owner.SignIn(target: "/account", again: true)).Dispose();
        using var another = await OwnerBrowser.SignedIn(_brain);
        using var renamed = await _owner.Post("/account/passkeys/rename", OwnerBrowser.Token(await _owner.Read("/account")), [new("id", id), new("name", " Ring\u202e ")]);
        var named = await _owner.Read("/account");
        using var removed = await _owner.Post("/account/passkeys/remove", OwnerBrowser.Token(named), [new("id", id)]);
        using var gone = await _owner.Post("/account/passkeys/remove", OwnerBrowser.Token(named), [new("id", id)]);
        using var never = await _owner.Post("/account/passkeys/rename", OwnerBrowser.Token(named), [new("id", "!"), new("name", "x")]);
        using var anothersEnd = await another.Get("/account");

        Assert.Equal(HttpStatusCode.SeeOther, ended.StatusCode);
        Assert.Equal("/sign-in?again=%2Faccount%2Fpasskeys%2Fnew", page.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in?again=%2Faccount", add.Headers.Location?.OriginalString);
        Assert.Equal("/sign-in?again=%2Faccount", stale.Headers.Location?.OriginalString);
        Assert.Equal("/account", renamed.Headers.Location?.OriginalString);
        Assert.Contains("Ring\\u202e", named);
        Assert.Equal("/account", removed.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, gone.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, never.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, anothersEnd.StatusCode);
        Assert.Equal(0, await Store.ReadAsync(database => database.UserPasskeys.CountAsync()));
    }

    [Fact]
    public async Task On_an_address_there_are_none_and_the_page_says_what_to_do()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);

        var account = WebUtility.HtmlDecode(await owner.Read("/account"));
        using var page = await owner.Get("/account/passkeys/new");

        Assert.Contains($"AGENT_BRAIN_PUBLIC_URL=http://localhost:{brain.Port}", account);
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
    }

    [Theory]
    [InlineData("https://203.0.113.7", "host name")]
    [InlineData("http://[::1]:8765", "http://localhost:8765")]
    [InlineData("https://brain.example", null)]
    [InlineData("http://localhost:8765", null)]
    public void Which_hosts_have_passkeys(string issuer, string? told)
    {
        var place = new PasskeyPlace(new AgentBrain.Server.AuthorizationServer.AuthorizationServerSettings { Issuer = issuer });

        Assert.Equal(issuer, place.Origin);
        if (told is null)
            Assert.Null(place.Obstacle);
        else
            Assert.Contains(told, place.Obstacle);
    }

    [Fact]
    public async Task Script_runs_on_the_pages_that_need_it_and_only_our_own()
    {
        (await Add()).Dispose();
        using var browser = OwnerBrowser.Open(_brain);
        using var signIn = await browser.Get("/sign-in");
        using var account = await _owner.Get("/account");
        using var script = await browser.Get("/assets/passkeys.js");

        Assert.Contains("script-src 'self'", signIn.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("script-src", account.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("text/javascript", script.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("unsafe", signIn.Headers.GetValues("Content-Security-Policy").Single());
    }

    private AuthorityStore Store => _brain.Services.GetRequiredService<AuthorityStore>();

    private void Cheat(string what)
    {
        switch (what)
        {
            case "origin": _key.Origin = "https://evil.example"; break;
            case "scheme": _key.Origin = _key.Origin.Replace("http://", "https://", StringComparison.Ordinal); break;
            case "framed": _key.IsFramed = true; break;
            case "challenge": _key.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; break;
            case "unverified": _key.Verifies = false; break;
            default: _key.RelyingParty = "evil.example"; break;
        }
    }

    private async Task<HttpResponseMessage> Add(string name = "Key", SoftwareAuthenticator? key = null)
    {
        var page = await _owner.Read("/account/passkeys/new");
        return await _owner.Post("/account/passkeys", OwnerBrowser.Token(page), [new("name", name), new("credential", (key ?? _key).Create(Options(page)))]);
    }

    private async Task<HttpResponseMessage> SignIn(OwnerBrowser browser, string target = "")
    {
        var page = await browser.Read("/sign-in");
        return await browser.Post("/sign-in/passkey", OwnerBrowser.Token(page), [new("return", target), new("credential", _key.Get(Options(page)))]);
    }

    internal static string Options(string page) => WebUtility.HtmlDecode(OptionsAttribute().Match(page).Groups["json"].Value);

    [GeneratedRegex("data-options=\"(?<json>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OptionsAttribute();

    [GeneratedRegex("name=\"id\" value=\"(?<id>[A-Za-z0-9_-]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PasskeyId();
}
