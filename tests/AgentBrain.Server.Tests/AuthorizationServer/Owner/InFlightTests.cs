using System.Net;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>What was under way when the owner took it away: a reset, a new password and signing out everywhere end that too (SR-28).</summary>
public sealed class InFlightTests
{
    private const string NewPassword = "amber ladders under the snow";

    [Fact]
    public async Task A_sign_in_that_was_verified_before_a_reset_opens_no_session() => await SignInWhileAsync(brain => ResetAsync(brain));

    [Fact]
    public async Task A_sign_in_that_was_verified_before_a_password_change_opens_no_session() => await SignInWhileAsync(brain => Store(brain).WriteAsync(async database =>
        brain.Services.GetRequiredService<OwnerAccounts>().SetPassword(database, (await OwnerAccounts.FindAsync(database))!, "hash of " + NewPassword, null)));

    [Fact]
    public async Task A_sign_in_that_was_verified_before_signing_out_everywhere_opens_no_session() => await SignInWhileAsync(async (_, owner) =>
        (await owner.Submit("/account", "/account/sign-out-everywhere", [])).Dispose());

    [Fact]
    public async Task A_sign_in_while_nothing_happens_opens_one()
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await StartAsync(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await HoldAsync(hasher, () => browser.SignIn(), () => Task.CompletedTask);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task A_password_change_that_began_before_a_reset_changes_nothing()
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await StartAsync(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);

        using var answer = await HoldAsync(hasher, () => ChangeAsync(owner), () => ResetAsync(brain));

        Assert.Equal("/sign-in?return=%2Faccount", answer.Headers.Location?.OriginalString);
        Assert.Null((await Store(brain).ReadAsync(OwnerAccounts.FindAsync))!.PasswordHash);
        Assert.Empty(await brain.Services.GetRequiredService<OwnerSessions>().ListAsync());
    }

    [Fact]
    public async Task A_password_change_of_a_browser_that_was_signed_out_meanwhile_changes_nothing()
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await StartAsync(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);
        var sessions = brain.Services.GetRequiredService<OwnerSessions>();
        var mine = Assert.Single(await sessions.ListAsync()).Id;

        using var answer = await HoldAsync(hasher, () => ChangeAsync(owner), () => sessions.EndAsync(mine, null));

        Assert.Equal("/sign-in?return=%2Faccount", answer.Headers.Location?.OriginalString);
        Assert.Equal("hash of " + OwnerBrowser.Password, (await Store(brain).ReadAsync(OwnerAccounts.FindAsync))!.PasswordHash);
    }

    [Fact]
    public async Task A_passkey_that_was_made_before_a_reset_is_not_added_after_it()
    {
        await using var brain = await OwnerBrowser.StartNamedServer(builder => builder.Services.AddScoped<IPasskeyHandler<OwnerAccount>>(services =>
            new LatePasskeys(ActivatorUtilities.CreateInstance<PasskeyHandler<OwnerAccount>>(services), services.GetRequiredService<OwnerReset>())));
        using var owner = await OwnerBrowser.SetUp(brain);
        using var key = new SoftwareAuthenticator { Origin = owner.Url.GetLeftPart(UriPartial.Authority) };
        var page = await owner.Read("/account/passkeys/new");

        using var answer = await owner.Post("/account/passkeys", OwnerBrowser.Token(page), [new("name", "Thief"), new("credential", key.Create(PasskeyTests.Options(page)))]);

        Assert.Equal("/sign-in?return=%2Faccount", answer.Headers.Location?.OriginalString);
        Assert.Equal(0, await Store(brain).ReadAsync(database => database.UserPasskeys.CountAsync()));
    }

    [Fact]
    public async Task A_reset_link_leaves_no_passkey()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        var link = await ResetAsync(brain);
        await AddPasskeyAsync(brain);

        using var set = await owner.UseLink(link!, NewPassword);

        Assert.Equal(HttpStatusCode.SeeOther, set.StatusCode);
        Assert.Equal(0, await Store(brain).ReadAsync(database => database.UserPasskeys.CountAsync()));
    }

    [Fact]
    public async Task Who_was_signed_out_meanwhile_changes_no_passkey_and_agrees_to_nothing()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        await AddPasskeyAsync(brain);
        var session = Assert.Single(await brain.Services.GetRequiredService<OwnerSessions>().ListAsync());
        var stale = new SignedInOwner(session.OwnerId, session);
        await Store(brain).WriteAsync(database => brain.Services.GetRequiredService<OwnerSessions>().EndAllAsync(database, null));
        var passkeys = brain.Services.GetRequiredService<Passkeys>();

        Assert.False(await passkeys.RenameAsync(stale, "AQ", "Thief"));
        Assert.False(await passkeys.RemoveAsync(stale, "AQ", "127.0.0.1"));
        var answer = await brain.Services.GetRequiredService<ConsentDecision>().AnswerAsync(SecretText.New(), ScopeSet.Read, new Answerer(stale, "127.0.0.1"), TestContext.Current.CancellationToken);

        Assert.Equal("First", Assert.Single(await passkeys.ListAsync()).Data.Name);
        Assert.Equal(new ConsentAnswer.Refused(Reasons.AuthorizeSession), answer);
    }

    [Fact]
    public async Task A_reset_that_cannot_revoke_changes_nothing_at_all()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        await BreakRevokingAsync(brain);

        await Assert.ThrowsAnyAsync<Exception>(() => brain.Services.GetRequiredService<OwnerReset>().ResetAsync(revokeGrants: true));

        using var stillThere = await owner.Get("/account");
        using var browser = await OwnerBrowser.SignedIn(brain);
        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
    }

    [Fact]
    public async Task Signing_out_everywhere_that_cannot_disconnect_signs_nobody_out()
    {
        await using var brain = await OwnerBrowser.StartServer();
        using var owner = await OwnerBrowser.SetUp(brain);
        await BreakRevokingAsync(brain);

        using var failed = await owner.Submit("/account", "/account/sign-out-everywhere", [new("revoke_grants", "true")]);

        using var stillThere = await owner.Get("/account");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, stillThere.StatusCode);
    }

    private static Task SignInWhileAsync(Func<TestBrain, Task> meanwhile) => SignInWhileAsync((brain, _) => meanwhile(brain));

    private static async Task SignInWhileAsync(Func<TestBrain, OwnerBrowser, Task> meanwhile)
    {
        var hasher = new HeldHasher(isHeld: false);
        await using var brain = await StartAsync(hasher);
        using var owner = await OwnerBrowser.SetUp(brain);
        var before = (await brain.Services.GetRequiredService<OwnerSessions>().ListAsync()).Select(session => session.Id).ToList();
        using var browser = OwnerBrowser.Open(brain);

        using var answer = await HoldAsync(hasher, () => browser.SignIn(), () => meanwhile(brain, owner));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(browser.Cookie("ab"));
        Assert.DoesNotContain(await brain.Services.GetRequiredService<OwnerSessions>().ListAsync(), session => !before.Contains(session.Id));
    }

    /// <summary>Begins something that verifies a password, does something else while that is being verified, and lets it end.</summary>
    private static async Task<HttpResponseMessage> HoldAsync(HeldHasher hasher, Func<Task<HttpResponseMessage>> begin, Func<Task> meanwhile)
    {
        hasher.Hold();
        var under = begin();
        Assert.True(SpinWait.SpinUntil(() => hasher.Verified == 1, TimeSpan.FromSeconds(60)));
        await meanwhile();
        hasher.Release();
        return await under;
    }

    private static Task<TestBrain> StartAsync(HeldHasher hasher) =>
        OwnerBrowser.StartServer(builder => builder.Services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<OwnerAccount>>(hasher)));

    private static Task<string?> ResetAsync(TestBrain brain) => brain.Services.GetRequiredService<OwnerReset>().ResetAsync(revokeGrants: false);

    private static Task<HttpResponseMessage> ChangeAsync(OwnerBrowser browser) => browser.Submit(
        "/account", "/account/password", [new("password", OwnerBrowser.Password), new("new_password", NewPassword), new("repeat_password", NewPassword)]);

    private static AuthorityStore Store(TestBrain brain) => brain.Services.GetRequiredService<AuthorityStore>();

    private static Task AddPasskeyAsync(TestBrain brain) => Store(brain).WriteAsync(async database =>
    {
        var owner = await database.Users.SingleAsync();
        database.UserPasskeys.Add(new IdentityUserPasskey<string>
        {
            UserId = owner.Id,
            CredentialId = [1],
            Data = new IdentityPasskeyData { Name = "First", PublicKey = [1], CreatedAt = owner.CreatedAt, AttestationObject = [1], ClientDataJson = [1] },
        });
    });

    /// <summary>A grant that the database does not let be revoked.</summary>
    private static Task BreakRevokingAsync(TestBrain brain) => Store(brain).WriteAsync(async database =>
    {
        var owner = await database.Users.SingleAsync();
        database.Grants.Add(new GrantRecord { Id = "grant", Subject = owner.Id, ClientId = "client", MetadataDigest = "digest", Resource = $"{brain.Url}mcp", ExpiresAt = owner.CreatedAt + TimeSpan.FromDays(1) });
        await database.Database.ExecuteSqlRawAsync("CREATE TRIGGER Unrevocable BEFORE UPDATE ON Grants BEGIN SELECT RAISE(ABORT, 'broken'); END");
    });

    /// <summary>Judges a new passkey, and has the owner be reset just after.</summary>
    private sealed class LatePasskeys(IPasskeyHandler<OwnerAccount> inner, OwnerReset reset) : IPasskeyHandler<OwnerAccount>
    {
        public Task<PasskeyCreationOptionsResult> MakeCreationOptionsAsync(PasskeyUserEntity userEntity, HttpContext httpContext) => inner.MakeCreationOptionsAsync(userEntity, httpContext);

        public Task<PasskeyRequestOptionsResult> MakeRequestOptionsAsync(OwnerAccount? user, HttpContext httpContext) => inner.MakeRequestOptionsAsync(user, httpContext);

        public async Task<PasskeyAttestationResult> PerformAttestationAsync(PasskeyAttestationContext context)
        {
            var result = await inner.PerformAttestationAsync(context);
            Assert.True(result.Succeeded);
            await reset.ResetAsync(revokeGrants: false);
            return result;
        }

        public Task<PasskeyAssertionResult<OwnerAccount>> PerformAssertionAsync(PasskeyAssertionContext context) => inner.PerformAssertionAsync(context);
    }
}
