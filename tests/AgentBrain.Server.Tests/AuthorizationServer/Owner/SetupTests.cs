using System.Net;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>The setup link: who may use it, how often, how long, and where it is told (SR-23).</summary>
public sealed class SetupTests
{
    [Fact]
    public async Task The_link_makes_an_owner_and_signs_the_browser_in()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var browser = await OwnerBrowser.SetUp(brain);

        using var account = await browser.Get("/account");

        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        Assert.True(brain.Services.GetRequiredService<OwnerPresence>().HasOwner);
        Assert.True(OwnerMarker.Exists(brain.Services.GetRequiredService<DataDirectory>().FullPath));
    }

    [Fact]
    public async Task The_secret_is_in_the_fragment_has_256_bits_and_is_at_rest_as_a_digest_only()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = new Uri(await Links(brain).IssueAsync(isReset: false));

        var row = await Store(brain).ReadAsync(database => database.SetupLinks.SingleAsync());

        Assert.Equal("", link.Query);
        Assert.Equal("/setup", link.AbsolutePath);
        Assert.Equal(43, link.Fragment.Length - 1);
        Assert.NotEqual(link.Fragment[1..], row.SecretDigest);
        Assert.Equal(SecretText.Digest(link.Fragment[1..]), row.SecretDigest);
    }

    [Fact]
    public async Task A_used_link_is_dead_and_setup_is_closed()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = await Links(brain).IssueAsync(isReset: false);
        using var first = OwnerBrowser.Open(brain);
        using var thief = OwnerBrowser.Open(brain);
        var token = OwnerBrowser.Token(await thief.Read("/setup"));
        (await first.UseLink(link, OwnerBrowser.Password)).Dispose();

        using var again = await thief.Post("/setup", token, Form(link, "another password of a thief"));
        using var page = await thief.Get("/setup");

        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, page.StatusCode);
        Assert.Contains("setup_closed", await page.Content.ReadAsStringAsync());
        Assert.Equal(1, await Store(brain).ReadAsync(database => database.Users.CountAsync()));
        using var owner = await OwnerBrowser.SignedIn(brain);
    }

    [Fact]
    public async Task Of_many_browsers_with_one_link_one_becomes_the_owner()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = await Links(brain).IssueAsync(isReset: false);
        var browsers = Enumerable.Range(0, 6).Select(_ => OwnerBrowser.Open(brain)).ToList();
        var tokens = new List<string?>();
        foreach (var browser in browsers)
            tokens.Add(OwnerBrowser.Token(await browser.Read("/setup")));

        var answers = await Task.WhenAll(browsers.Select((browser, index) => browser.Post("/setup", tokens[index], Form(link, $"a password of browser {index}"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        Assert.Equal(1, await Store(brain).ReadAsync(database => database.Users.CountAsync()));
        foreach (var answer in answers)
            answer.Dispose();
        foreach (var browser in browsers)
            browser.Dispose();
    }

    [Fact]
    public async Task After_a_quarter_of_an_hour_the_link_is_dead()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<TimeProvider>(time));
        var link = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);
        time.Advance(TimeSpan.FromMinutes(15));

        using var late = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        Assert.False(brain.Services.GetRequiredService<OwnerPresence>().HasOwner);
    }

    [Fact]
    public async Task Just_before_that_it_works()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<TimeProvider>(time));
        var link = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);
        time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));

        using var answer = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task After_five_wrong_codes_no_further_one_from_that_address_is_judged_and_after_four_it_is()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var browser = OwnerBrowser.Open(brain);
        var wrong = "http://host/setup#" + SecretText.New();
        var ended = await Links(brain).IssueAsync(isReset: false);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var refused = await browser.UseLink(attempt == 0 ? "http://host/setup#nonsense" : wrong, OwnerBrowser.Password);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var dead = await browser.UseLink(ended, OwnerBrowser.Password);
        var living = await Links(brain).IssueAsync(isReset: false);
        for (var attempt = 0; attempt < 4; attempt++)
            (await browser.UseLink(wrong, OwnerBrowser.Password)).Dispose();
        using var good = await browser.UseLink(living, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.Forbidden, dead.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, good.StatusCode);
    }

    [Fact]
    public async Task Wrong_codes_from_elsewhere_do_not_end_a_setup_link()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = await Links(brain).IssueAsync(isReset: false);
        for (var attempt = 0; attempt < 30; attempt++)
            Assert.False(await Links(brain).JudgeAsync(SecretText.New(), $"203.0.113.{attempt % 3}"));
        using var browser = OwnerBrowser.Open(brain);

        Assert.False(await Links(brain).JudgeAsync(new Uri(link).Fragment[1..], "203.0.113.1"));
        using var taken = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Fact]
    public void Guesses_from_however_many_addresses_are_bounded_in_memory_and_in_what_is_told_and_count_for_nobody_else()
    {
        var time = new FakeTimeProvider();
        var guesses = new SetupGuesses(time);
        var told = 0;
        for (var address = 0; address < 10_000; address++)
        {
            for (var attempt = 0; attempt < SetupGuesses.MaxAttempts; attempt++)
                told += guesses.Count("link", $"address {address}") ? 1 : 0;
        }

        Assert.Equal(20, told);
        Assert.False(guesses.MayTry("link", "address 0"));
        Assert.True(guesses.MayTry("link", "address 9999"));
        Assert.True(guesses.MayTry("another link", "address 0"));
    }

    [Fact]
    public async Task Only_the_newest_link_counts()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var older = await Links(brain).IssueAsync(isReset: false);
        var newer = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);

        using var refused = await browser.UseLink(older, OwnerBrowser.Password);
        using var taken = await browser.UseLink(newer, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Theory]
    [InlineData("short", "short", "at least 12 characters")]
    [InlineData("password1234", "password1234", "Many people use")]
    [InlineData("", "", "Choose a password")]
    [InlineData("violet harbour sketches nine", "violet harbour sketches ten", "two passwords differ")]
    public async Task A_bad_password_is_told_and_does_not_use_the_link_up(string password, string repeat, string told)
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);

        using var refused = await browser.UseLink(link, password, repeat);
        using var taken = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(told, await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Fact]
    public async Task Without_scripts_the_whole_link_may_be_pasted_and_an_empty_code_costs_nothing()
    {
        await using var brain = await OwnerBrowser.StartServer();
        var link = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);
        var page = await browser.Read("/setup");

        using var empty = await browser.Post("/setup", OwnerBrowser.Token(page), Form("http://host/setup", OwnerBrowser.Password));
        var attempts = await Store(brain).ReadAsync(database => database.Activities.CountAsync(row => row.Kind == "setup_link.failed"));
        using var pasted = await browser.Post("/setup", OwnerBrowser.Token(page), Form(link, OwnerBrowser.Password, code: $"  {link} "));

        Assert.Contains("paste the link", page);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Equal(0, attempts);
        Assert.Equal(HttpStatusCode.SeeOther, pasted.StatusCode);
    }

    [Fact]
    public async Task While_passwords_wait_setup_says_so_and_keeps_the_link()
    {
        var hasher = new HeldHasher();
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.Replace(ServiceDescriptor.Singleton<Microsoft.AspNetCore.Identity.IPasswordHasher<OwnerAccount>>(hasher)));
        var link = await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);
        var hashing = brain.Services.GetRequiredService<PasswordHashing>();
        var waiting = Enumerable.Range(0, PasswordHashing.AtOnce + PasswordHashing.Waiting).Select(_ => hashing.HashAsync("x", TestContext.Current.CancellationToken)).ToList();

        using var busy = await browser.UseLink(link, OwnerBrowser.Password);
        hasher.Release();
        await Task.WhenAll(waiting);
        using var taken = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, busy.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Fact]
    public async Task On_a_terminal_the_link_is_shown_there_and_nowhere_else()
    {
        var terminal = new FakeTerminal(isTerminal: true);
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<ISetupTerminal>(terminal));

        await brain.Services.GetRequiredService<SetupNotice>().TellAsync();

        var link = Assert.Single(terminal.Lines, line => line.Contains("/setup#", StringComparison.Ordinal)).Trim();
        Assert.False(File.Exists(brain.Services.GetRequiredService<SetupFile>().FullPath));
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains(new Uri(link).Fragment[1..], StringComparison.Ordinal));
        using var browser = OwnerBrowser.Open(brain);
        using var taken = await browser.UseLink(link, OwnerBrowser.Password);
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Fact]
    public async Task Without_a_terminal_it_is_in_a_private_file_that_is_gone_once_it_was_used()
    {
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<ISetupTerminal>(new FakeTerminal(isTerminal: false)));
        var notice = brain.Services.GetRequiredService<SetupNotice>();
        await notice.TellAsync();
        await notice.TellAsync();
        var path = brain.Services.GetRequiredService<SetupFile>().FullPath;
        var link = (await File.ReadAllTextAsync(path)).Trim();
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(path);

        using var browser = OwnerBrowser.Open(brain);
        using var taken = await browser.UseLink(link, OwnerBrowser.Password);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
        Assert.False(File.Exists(path));
        Assert.Contains(brain.Log.Lines, line => line.Contains(path, StringComparison.Ordinal));
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains(new Uri(link).Fragment[1..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_an_owner_no_link_is_made_at_the_start()
    {
        var terminal = new FakeTerminal(isTerminal: true);
        await using var brain = await OwnerBrowser.StartServer(builder => builder.Services.AddSingleton<ISetupTerminal>(terminal));
        using var browser = await OwnerBrowser.SetUp(brain);

        await brain.Services.GetRequiredService<SetupNotice>().TellAsync();

        Assert.Empty(terminal.Lines);
        Assert.False(await Links(brain).IsOpenAsync());
    }

    [Fact]
    public async Task A_link_for_a_first_owner_is_dead_once_there_is_one()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var browser = await OwnerBrowser.SetUp(brain);
        var link = await Links(brain).IssueAsync(isReset: false);

        using var thief = OwnerBrowser.Open(brain);
        using var refused = await thief.UseLink(link, "the password of a thief");

        Assert.NotEqual(HttpStatusCode.SeeOther, refused.StatusCode);
        Assert.Equal(1, await Store(brain).ReadAsync(database => database.Users.CountAsync()));
    }

    [Fact]
    public async Task Failed_codes_are_seen_by_the_owner()
    {
        await using var brain = await OwnerBrowser.StartServer();
        await Links(brain).IssueAsync(isReset: false);
        using var browser = OwnerBrowser.Open(brain);
        (await browser.UseLink("http://host/setup#" + SecretText.New(), OwnerBrowser.Password)).Dispose();

        var kinds = await Store(brain).ReadAsync(database => database.Activities.Select(row => row.Kind).ToListAsync());

        Assert.Contains("setup_link.issued", kinds);
        Assert.Contains("setup_link.failed", kinds);
    }

    private static SetupLinks Links(TestBrain brain) => brain.Services.GetRequiredService<SetupLinks>();

    private static AuthorityStore Store(TestBrain brain) => brain.Services.GetRequiredService<AuthorityStore>();

    private static Dictionary<string, string> Form(string link, string password, string? code = null) => new()
    {
        ["code"] = code ?? new Uri(link).Fragment.TrimStart('#'),
        ["new_password"] = password,
        ["repeat_password"] = password,
    };
}

/// <summary>A terminal that keeps what it is told.</summary>
internal sealed class FakeTerminal(bool isTerminal) : ISetupTerminal
{
    public List<string> Lines { get; } = [];

    public bool IsTerminal => isTerminal;

    public void WriteLine(string text) => Lines.Add(text);
}
