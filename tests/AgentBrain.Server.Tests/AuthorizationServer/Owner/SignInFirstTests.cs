using System.Net;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>No authorization request is looked at before the owner has signed in (SR-19, SR-68).</summary>
public sealed class SignInFirstTests
{
    private const string Request = "/oauth/authorize?client_id=https%3A%2F%2Fclient.example%2Fdoc&redirect_uri=https%3A%2F%2Fevil.example%2Fcb&state=a%2Fb%20c&response_type=code";
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData(Request)]
    [InlineData("/oauth/authorize")]
    [InlineData("/oauth/authorize?error=1")]
    public async Task Without_a_session_the_request_waits_whole_behind_the_sign_in_page(string path)
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.Get(path);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/sign-in?return=" + Uri.EscapeDataString(path), answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/OAUTH/authorize?client_id=x")]
    [InlineData("/oauth/authorize/?client_id=x")]
    [InlineData("/oauth/%61uthorize?client_id=x")]
    public async Task However_the_path_is_written(string path)
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.Get(path);

        // Other spellings of the path may also be no path at all.
        Assert.True(answer.StatusCode == HttpStatusCode.NotFound || answer.Headers.Location?.OriginalString == "/sign-in?return=%2Foauth%2Fauthorize%3Fclient_id%3Dx");
    }

    [Fact]
    public async Task Errors_redirect_only_after_sign_in_so_a_strangers_link_leads_nowhere()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.Get(Request + "&prompt=none");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("login_required", page);
        Assert.DoesNotContain("evil.example", page);
    }

    [Fact]
    public async Task A_request_of_more_than_8_KB_is_refused_with_a_page()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var fits = await browser.Get("/oauth/authorize?a=" + new string('b', 7000));
        using var signIn = await browser.Get(fits.Headers.Location!.OriginalString);
        using var answer = await browser.Get("/oauth/authorize?a=" + string.Concat(Enumerable.Repeat("%20", 2500)));

        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
        Assert.Contains("authorize_too_long", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("prompt=login")]
    [InlineData("prompt=consent%20login")]
    [InlineData("max_age=0")]
    public async Task A_wish_for_a_new_sign_in_is_met_once_and_does_not_loop(string wish)
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        var path = $"/oauth/authorize?client_id=x&{wish}";
        using var first = await browser.Get(path);
        var page = first.Headers.Location!.OriginalString;

        using var signedIn = await browser.SignIn(target: path, again: true);
        using var second = await browser.Get(signedIn.Headers.Location!.OriginalString);
        using var third = await browser.Get(path);

        Assert.Equal("/sign-in?again=" + Uri.EscapeDataString(path), page);
        Assert.Contains("Confirm that it is you", await browser.Read(page));
        Assert.Equal(path, signedIn.Headers.Location!.OriginalString);
        Assert.NotEqual(page, second.Headers.Location?.OriginalString);
        Assert.Equal(page, third.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_first_sign_in_meets_the_wish_too()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var signedIn = await browser.SignIn(target: "/oauth/authorize?client_id=x&prompt=login");
        using var next = await browser.Get(signedIn.Headers.Location!.OriginalString);

        Assert.False(next.Headers.Location?.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("max_age=60", 59, false)]
    [InlineData("max_age=60", 60, true)]
    [InlineData("max_age=nonsense", 600, false)]
    [InlineData("max_age=-1", 600, false)]
    [InlineData("prompt=none%20login", 600, false)]
    [InlineData("prompt=consent", 600, false)]
    public async Task A_session_is_old_enough_or_it_is_not(string wish, int seconds, bool isAsked)
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        using var answer = await browser.Get($"/oauth/authorize?client_id=x&{wish}");

        Assert.Equal(isAsked, answer.Headers.Location?.OriginalString.StartsWith("/sign-in?again=", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task With_a_session_the_request_goes_on()
    {
        await using var brain = await Start();
        using var browser = await OwnerBrowser.SetUp(brain);

        using var answer = await browser.Get("/oauth/authorize?client_id=nobody&redirect_uri=https://evil.example/");

        Assert.False(answer.Headers.Location?.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal) ?? false);
        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task A_posted_request_is_none()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        var token = OwnerBrowser.Token(await browser.Read("/sign-in"));

        using var answer = await browser.Post("/oauth/authorize", token, [new("client_id", "x"), new("state", "y")]);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public void Answered_wishes_are_bounded_end_after_five_minutes_and_are_for_one_path()
    {
        var answered = new AgentBrain.Server.AuthorizationServer.Owner.AnsweredPrompts(_time);
        answered.Add("a", "/path");
        Assert.False(answered.Take("a", "/other"));
        Assert.False(answered.Take("b", "/path"));
        Assert.True(answered.Take("a", "/path"));
        Assert.False(answered.Take("a", "/path"));
        answered.Add("a", "/path");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(answered.Take("a", "/path"));
        for (var session = 0; session < 1024; session++)
            answered.Add($"session {session}", "/path");
        answered.Add("one more", "/path");
        Assert.False(answered.Take("session 7", "/path"));
        Assert.True(answered.Take("one more", "/path"));
        answered.Add("old", "/path");
        _time.Advance(TimeSpan.FromMinutes(5));
        for (var session = 0; session < 1024; session++)
            answered.Add($"later {session}", "/path");
        Assert.True(answered.Take("later 1023", "/path"));
    }

    private Task<TestBrain> Start() => OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<TimeProvider>(_time));
}
