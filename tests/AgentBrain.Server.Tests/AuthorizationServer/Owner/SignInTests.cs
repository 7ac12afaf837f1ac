using System.Net;
using System.Text.RegularExpressions;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>Signing in with a password: guesses are slow, and keep nobody out (SR-27).</summary>
public sealed partial class SignInTests
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task The_right_password_signs_in_and_goes_where_it_was_wanted()
    {
        await using var brain = await Start();
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.SignIn(target: "/oauth/authorize?client_id=x&state=a%2Fb");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/oauth/authorize?client_id=x&state=a%2Fb", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Every_failure_has_the_same_answer_and_costs_one_hash()
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await Start(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);
        (string User, string Password)[] failures =
            [("owner", "a wrong password"), ("somebody", OwnerBrowser.Password), ("owner", ""), ("", ""), ("owner", new string('x', 600)), ("OWNER", OwnerBrowser.Password), ("owner", OwnerBrowser.Password + " ")];
        var answers = new List<string>();
        foreach (var (user, password) in failures)
        {
            using var browser = OwnerBrowser.Open(brain);
            var page = await browser.Read("/sign-in");
            var before = hasher.Verified;
            using var answer = await browser.Post("/sign-in", OwnerBrowser.Token(page), [new("username", user), new("password", password)]);
            answers.Add($"{answer.StatusCode} {AnyToken().Replace(await answer.Content.ReadAsStringAsync(), "")}");
            Assert.Equal(before + 1, hasher.Verified);
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.StartsWith("Forbidden", answers[0]);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    public async Task Failures_wait_longer_and_longer_but_never_for_ever()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        for (var attempt = 0; attempt < 3; attempt++)
            await Fail(browser);

        using var tooSoon = await browser.SignIn();
        Assert.Equal(HttpStatusCode.TooManyRequests, tooSoon.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), tooSoon.Headers.RetryAfter!.Delta);

        for (var attempt = 0; attempt < 30; attempt++)
        {
            _time.Advance(SignInBudget.MaxDelay);
            await Fail(browser);
        }

        using var stillTooSoon = await browser.SignIn();
        Assert.Equal(SignInBudget.MaxDelay, stillTooSoon.Headers.RetryAfter!.Delta);
        _time.Advance(SignInBudget.MaxDelay);
        using var right = await browser.SignIn();
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
    }

    [Fact]
    public async Task Lockout_a_strangers_guesses_from_the_same_address_do_not_delay_the_browser_that_signed_in_before()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        (await owner.Submit("/account", "/sign-out", [])).Dispose();
        using var stranger = OwnerBrowser.Open(brain);
        for (var attempt = 0; attempt < 3; attempt++)
            await Fail(stranger);

        using var refused = await stranger.SignIn();
        using var known = await owner.SignIn();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, known.StatusCode);
    }

    [Fact]
    public async Task A_forged_or_outdated_mark_of_a_known_browser_counts_for_nothing()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        var good = owner.Cookie("ab-known")!;
        var parts = good.Split('.');
        using var stranger = OwnerBrowser.Open(brain);
        for (var attempt = 0; attempt < 3; attempt++)
            await Fail(stranger);

        foreach (var forged in new[] { "x", "", $"{SecretText.New()}.{parts[1]}.{parts[2]}", $"{parts[0]}.9999999999.{parts[2]}", $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", new string('x', 300) })
        {
            using var forger = OwnerBrowser.Open(brain);
            forger.Cookies.Add(forger.Url, new Cookie("ab-known", forged));
            using var refused = await forger.SignIn();
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        _time.Advance(TimeSpan.FromDays(181));
        for (var attempt = 0; attempt < 3; attempt++)
            await Fail(stranger);
        using var outdated = OwnerBrowser.Open(brain);
        outdated.Cookies.Add(outdated.Url, new Cookie("ab-known", good));
        using var late = await outdated.SignIn();
        Assert.Equal(HttpStatusCode.TooManyRequests, late.StatusCode);
    }

    [Fact]
    public async Task Guesses_from_many_addresses_meet_one_ceiling_that_is_seen_and_does_not_stop_the_known_browser()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        (await owner.Submit("/account", "/sign-out", [])).Dispose();
        using var stranger = OwnerBrowser.Open(brain);
        var budget = brain.Services.GetRequiredService<SignInBudget>();
        var token = OwnerBrowser.Token(await stranger.Read("/sign-in"));
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt <= SignInLimits.CeilingAtOnce + 1; attempt++)
        {
            using var answer = await stranger.Post("/sign-in", token, [new("username", "owner"), new("password", "a guess")]);
            statuses.Add(answer.StatusCode);

            // As if the next came from another address.
            budget.Succeed(Stranger("127.0.0.1"));
        }

        using var known = await owner.SignIn();
        var floods = await Store(brain).ReadAsync(database => database.Activities.CountAsync(row => row.Kind == "session.flood"));

        Assert.Equal(SignInLimits.CeilingAtOnce, statuses.Count(status => status == HttpStatusCode.Forbidden));
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.Equal(HttpStatusCode.SeeOther, known.StatusCode);
        Assert.Equal(1, floods);
    }

    [Fact]
    public async Task Two_passwords_are_hashed_at_a_time_twenty_wait_and_more_are_turned_away()
    {
        var hasher = new HeldHasher();
        using var hashing = new PasswordHashing(hasher);
        var all = Enumerable.Range(0, 30).Select(_ => hashing.HashAsync("x", CancellationToken.None)).ToList();

        Assert.Equal(8, all.Count(task => task.IsCompletedSuccessfully));
        Assert.True(SpinWait.SpinUntil(() => hasher.Running == 2, TimeSpan.FromSeconds(10)));
        hasher.Release();
        var hashes = await Task.WhenAll(all);

        Assert.Equal(8, hashes.Count(hash => hash is null));
        Assert.Equal(2, hasher.Most);
        Assert.NotNull(await hashing.HashAsync("x", CancellationToken.None));
    }

    [Fact]
    public async Task Who_goes_away_while_waiting_leaves_the_queue()
    {
        var hasher = new HeldHasher();
        using var hashing = new PasswordHashing(hasher);
        var running = Enumerable.Range(0, 2).Select(_ => hashing.HashAsync("x", CancellationToken.None)).ToList();
        using var gone = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 20).Select(_ => hashing.VerifyAsync("hash of x", "x", gone.Token)).ToList();

        await gone.CancelAsync();
        foreach (var task in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        var next = hashing.VerifyAsync("hash of x", "x", CancellationToken.None);
        hasher.Release();

        Assert.Equal(PasswordVerificationResult.Success, await next);
        await Task.WhenAll(running);
    }

    [Fact]
    public async Task A_full_queue_is_answered_with_429_and_the_try_counts_for_nothing()
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await Start(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        hasher.Hold();
        var hashing = brain.Services.GetRequiredService<PasswordHashing>();
        var inside = Enumerable.Range(0, 22).Select(_ => hashing.HashAsync("x", CancellationToken.None)).ToList();

        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var busy = await browser.SignIn();
            Assert.Equal(HttpStatusCode.TooManyRequests, busy.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(2), busy.Headers.RetryAfter!.Delta);
        }

        hasher.Release();
        await Task.WhenAll(inside);
        using var taken = await browser.SignIn();
        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
    }

    [Fact]
    public async Task The_hash_is_PBKDF2_with_SHA_512_and_at_least_210_000_iterations()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);

        var hash = Convert.FromBase64String((await Store(brain).ReadAsync(database => database.Users.SingleAsync())).PasswordHash!);

        // Identity's third format: marker, PRF, iterations, length of the salt, salt, subkey.
        Assert.Equal(1, hash[0]);
        Assert.Equal(2u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)));
        Assert.True(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)) >= 210_000);
        Assert.True(hash.Length >= 13 + 16 + 32);
    }

    [Fact]
    public async Task A_hash_of_fewer_iterations_is_replaced_at_sign_in()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        var weak = new PasswordHasher<OwnerAccount>(Options.Create(new PasswordHasherOptions { IterationCount = 10_000 })).HashPassword(new OwnerAccount(), OwnerBrowser.Password);
        await Store(brain).WriteAsync(database => database.Users.ExecuteUpdateAsync(update => update.SetProperty(user => user.PasswordHash, weak)));

        using var first = await OwnerBrowser.SignedIn(brain);
        var hash = (await Store(brain).ReadAsync(database => database.Users.SingleAsync())).PasswordHash!;
        using var second = await OwnerBrowser.SignedIn(brain);

        Assert.NotEqual(weak, hash);
        Assert.Equal(210_000u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5)));
    }

    [Fact]
    public async Task Failures_and_sign_ins_are_seen_by_the_owner()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);
        await Fail(browser);

        var rows = await Store(brain).ReadAsync(database => database.Activities.ToListAsync());

        Assert.Contains(rows, row => row is { Kind: "session.failed", AddressPrefix: "127.0.0.1" });
        Assert.Contains(rows, row => row is { Kind: "session.signed_in", AddressPrefix: "127.0.0.1" });
        Assert.DoesNotContain(brain.Log.Lines, line => line.Contains("a wrong password", StringComparison.Ordinal));
    }

    [Fact]
    public void Budgets_are_forgotten_after_an_hour_and_bounded_in_number()
    {
        var budget = new SignInBudget(_time);
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.NotNull(budget.Begin(Stranger("a"), out _));
        Assert.Null(budget.Begin(Stranger("a"), out _));
        budget.Undo(Stranger("nobody"));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(budget.Begin(Stranger("a"), out _));
        for (var address = 0; address < 9000; address++)
            budget.Begin(Stranger($"address {address}"), out _);

        // All places are taken: newcomers share one budget, which they have used up together.
        Assert.Null(budget.Begin(Stranger("newcomer"), out _));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(budget.Begin(Stranger("newcomer"), out _));
    }

    [Fact]
    public void Many_addresses_do_not_delay_a_known_browser_or_a_passkey()
    {
        var budget = new SignInBudget(_time);
        for (var address = 0; address < 9000; address++)
            budget.Begin(Stranger($"address {address}"), out _);
        Assert.Null(budget.Begin(Stranger("newcomer"), out _));

        foreach (var who in new[] { new Trier(PasswordSignIn.Method, true, "browser"), new Trier(PasskeySignIn.Method, false, "192.0.2.1"), new Trier(PasskeySignIn.Method, true, "browser") })
        {
            for (var attempt = 0; attempt < SignInBudget.Free; attempt++)
                Assert.Equal(who, budget.Begin(who, out _));
            Assert.Null(budget.Begin(who, out _));
        }
    }

    [Fact]
    public void What_was_not_judged_takes_no_place_and_what_was_shared_is_given_back()
    {
        var budget = new SignInBudget(_time);
        for (var address = 0; address < 9000; address++)
            budget.Undo(budget.Begin(Stranger($"undone {address}"), out _)!);
        Assert.Equal(Stranger("newcomer"), budget.Begin(Stranger("newcomer"), out _));

        for (var address = 0; address < 8191; address++)
            budget.Begin(Stranger($"address {address}"), out _);
        for (var attempt = 0; attempt < 10; attempt++)
            budget.Undo(budget.Begin(Stranger($"late {attempt}"), out _)!);
        for (var attempt = 0; attempt < 10; attempt++)
            budget.Succeed(budget.Begin(Stranger($"right {attempt}"), out _)!);
    }

    [Fact]
    public async Task A_form_without_its_token_or_of_another_site_signs_nobody_in()
    {
        await using var brain = await Start(new HeldHasher(isHeld: false));
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await browser.Post("/sign-in", null, [new("username", "owner"), new("password", OwnerBrowser.Password)]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(browser.Cookie("ab"));
    }

    private Task<TestBrain> Start(IPasswordHasher<OwnerAccount>? hasher = null) => OwnerBrowser.StartServer(builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time);
        if (hasher is not null)
            builder.Services.Replace(ServiceDescriptor.Singleton(hasher));
    });

    private static AuthorityStore Store(TestBrain brain) => brain.Services.GetRequiredService<AuthorityStore>();

    private static Trier Stranger(string address) => new(PasswordSignIn.Method, IsKnown: false, address);

    private static async Task Fail(OwnerBrowser browser)
    {
        using var answer = await browser.SignIn("a wrong password");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [GeneratedRegex("name=\"form\" value=\"[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex AnyToken();
}
