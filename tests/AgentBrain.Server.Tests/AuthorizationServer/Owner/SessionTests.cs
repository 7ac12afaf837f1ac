using System.Net;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Sessions: their cookie, their ends, and that nobody chooses one for somebody else (SR-29).</summary>
public sealed class SessionTests
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task On_http_the_cookie_is_for_scripts_and_other_sites_neither()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        using var answer = await browser.SignIn();

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("ab=", StringComparison.Ordinal));

        Assert.Matches("^ab=[A-Za-z0-9_-]{43}; path=/; samesite=lax; httponly$", cookie);
    }

    [Fact]
    public async Task On_https_its_name_keeps_other_hosts_and_clear_text_from_setting_it()
    {
        await using var brain = await TestBrain.OnFreePort(port => TestBrain.Start("oauth", null, null,
            $"--urls=http://127.0.0.1:{port}", "--AGENT_BRAIN_PUBLIC_URL=https://brain.example", "--AGENT_BRAIN_TRUSTED_PROXIES=127.0.0.1/32", "--AGENT_BRAIN_RATE_PER_ADDRESS=0"));
        var link = await brain.Services.GetRequiredService<SetupLinks>().IssueAsync(isReset: false);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = brain.Url };
        client.DefaultRequestHeaders.Host = "brain.example";
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
        using var page = await client.GetAsync("/setup");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/setup");
        request.Headers.Add("Cookie", string.Join("; ", page.Headers.GetValues("Set-Cookie").Select(value => value.Split(';')[0])));
        request.Headers.Add("Origin", "https://brain.example");
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["form"] = OwnerBrowser.Token(await page.Content.ReadAsStringAsync())!,
            ["code"] = new Uri(link).Fragment[1..],
            ["new_password"] = OwnerBrowser.Password,
            ["repeat_password"] = OwnerBrowser.Password,
        });

        using var answer = await client.SendAsync(request);

        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Single(cookies, value => value.StartsWith("__Host-ab=", StringComparison.Ordinal));
        Assert.Single(cookies, value => value.StartsWith("__Host-ab-known=", StringComparison.Ordinal));
        Assert.All(cookies, value =>
        {
            Assert.StartsWith("__Host-", value);
            Assert.Contains("; secure", value);
            Assert.Contains("; httponly", value);
            Assert.Contains("; path=/", value);
            Assert.DoesNotContain("domain", value);
        });
    }

    [Fact]
    public async Task The_cookies_secret_is_at_rest_as_a_digest_only()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);

        var session = await Store(brain).ReadAsync(database => database.Sessions.SingleAsync());

        var secret = browser.Cookie("ab")!;
        Assert.Equal(SecretText.Digest(secret), session.SecretDigest);
        Assert.DoesNotContain(secret, new[] { session.Id, session.SecretDigest });
    }

    [Fact]
    public async Task Session_fixation_a_secret_from_before_signing_in_is_worth_nothing_after_it()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var victim = OwnerBrowser.Open(brain);
        var planted = SecretText.New();
        victim.Cookies.Add(victim.Url, new Cookie("ab", planted));

        (await victim.SignIn()).Dispose();

        Assert.NotEqual(planted, victim.Cookie("ab"));
        using var attacker = OwnerBrowser.Open(brain);
        attacker.Cookies.Add(attacker.Url, new Cookie("ab", planted));
        Assert.False(await IsSignedIn(attacker));
        Assert.True(await IsSignedIn(victim));
    }

    [Fact]
    public async Task Signing_in_anew_ends_the_browsers_session_from_before()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        using var thief = Copy(brain, browser);
        using var page = OwnerBrowser.Open(brain);
        var token = OwnerBrowser.Token(await browser.Read("/account"));

        (await browser.Post("/sign-in", token, Credentials())).Dispose();

        Assert.True(await IsSignedIn(browser));
        Assert.False(await IsSignedIn(thief));
    }

    [Fact]
    public async Task Unused_for_half_an_hour_it_ends_and_use_keeps_it()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        using var other = await OwnerBrowser.SignedIn(brain);
        _time.Advance(TimeSpan.FromMinutes(29));

        Assert.True(await IsSignedIn(browser));
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(await IsSignedIn(browser));
        Assert.False(await IsSignedIn(other));
    }

    [Fact]
    public async Task After_eight_hours_it_ends_however_much_it_was_used()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        for (var minutes = 0; minutes < 8 * 60 - 20; minutes += 20)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            Assert.True(await IsSignedIn(browser));
        }

        _time.Advance(TimeSpan.FromMinutes(20));

        Assert.False(await IsSignedIn(browser));
    }

    [Fact]
    public async Task Proving_again_who_one_is_keeps_the_session_but_neither_its_secret_nor_its_end()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        using var thief = Copy(brain, browser);
        var before = await Store(brain).ReadAsync(database => database.Sessions.SingleAsync());
        _time.Advance(TimeSpan.FromMinutes(10));

        using var answer = await browser.SignIn(target: "/console", again: true);
        var after = await Store(brain).ReadAsync(database => database.Sessions.SingleAsync());

        Assert.Equal("/console", answer.Headers.Location!.OriginalString);
        Assert.Equal((before.Id, before.CreatedAt), (after.Id, after.CreatedAt));
        Assert.Equal(before.AuthenticatedAt + TimeSpan.FromMinutes(10), after.AuthenticatedAt);
        Assert.NotEqual(before.SecretDigest, after.SecretDigest);
        Assert.True(await IsSignedIn(browser));
        Assert.False(await IsSignedIn(thief));
    }

    [Fact]
    public async Task Proving_again_without_a_session_signs_in()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        var page = await browser.Read("/sign-in?again=%2Fconsole");
        using var answer = await browser.Post("/sign-in", OwnerBrowser.Token(page), [new("again", "/console"), .. Credentials()]);

        Assert.Contains("<h1>Sign in</h1>", page);
        Assert.Equal("/console", answer.Headers.Location!.OriginalString);
        Assert.True(await IsSignedIn(browser));
    }

    [Fact]
    public async Task A_proof_is_fresh_for_five_minutes()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        var session = await Store(brain).ReadAsync(database => database.Sessions.SingleAsync());
        var owner = new SignedInOwner(session.OwnerId, session);

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.True(owner.IsFresh(_time));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(owner.IsFresh(_time));
    }

    [Fact]
    public async Task Signing_out_ends_it_on_the_server_too()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        using var thief = Copy(brain, browser);

        using var answer = await browser.Submit("/account", "/sign-out", []);
        using var again = await browser.Post("/sign-out", OwnerBrowser.Token(await browser.Read("/sign-in")), []);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
        Assert.Null(browser.Cookie("ab"));
        Assert.False(await IsSignedIn(thief));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cookie_that_is_no_secret_of_ours_is_nobody(string value)
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        browser.Cookies.Add(browser.Url, new Cookie("ab", value));

        Assert.False(await IsSignedIn(browser));
    }

    [Fact]
    public async Task Sessions_that_are_long_over_are_forgotten()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        _time.Advance(TimeSpan.FromDays(2));

        using var other = await OwnerBrowser.SignedIn(brain);

        Assert.Equal(1, await Store(brain).ReadAsync(database => database.Sessions.CountAsync()));
    }

    private Task<TestBrain> Start() => OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<TimeProvider>(_time));

    private static AuthorityStore Store(TestBrain brain) => brain.Services.GetRequiredService<AuthorityStore>();

    private static KeyValuePair<string, string>[] Credentials() => [new("username", "owner"), new("password", OwnerBrowser.Password)];

    private static OwnerBrowser Copy(TestBrain brain, OwnerBrowser browser)
    {
        var copy = OwnerBrowser.Open(brain);
        copy.Cookies.Add(copy.Url, new Cookie("ab", browser.Cookie("ab")));
        return copy;
    }

    private static async Task<bool> IsSignedIn(OwnerBrowser browser)
    {
        using var answer = await browser.Get("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
