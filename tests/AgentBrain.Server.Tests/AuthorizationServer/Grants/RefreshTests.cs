using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>Who gets what for a refresh token: bound to client, key, resource and scope, and to time (RFC 6749 §6, RFC 9449 §5, RFC 9700 §4.14).</summary>
public sealed class RefreshTests(GrantServer server) : GrantScene(server), IClassFixture<GrantServer>
{
    [Fact]
    public async Task A_refresh_token_gives_an_access_token_of_the_same_grant_and_a_successor()
    {
        var (token, grantId) = await StartGrantAsync();
        var answer = await RefreshAsync(token);

        Assert.Equal((200, null), (answer.Status, answer.Error));
        Assert.Equal((grantId, Resource, Client, "owner"), (answer.Claim("sid"), answer.Claim("aud"), answer.Claim("client_id"), answer.Claim("sub")));
        Assert.Equal("agent-brain:read agent-brain:index", answer.Claim("scope"));
        Assert.NotEqual(token, answer.RefreshToken);
        Assert.Equal(grantId, Assert.Single(await ActivitiesAsync(ActivityKinds.TokenRefreshed)).GrantId);
        Assert.Single(await TokensAsync(grantId), row => row.RedeemedAt is null);
        Assert.Equal(200, (await RefreshAsync(answer.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("agent-brain:read", 200, "agent-brain:read")]
    [InlineData("agent-brain:index agent-brain:read", 200, "agent-brain:read agent-brain:index")]
    [InlineData("agent-brain:read agent-brain:admin", 400, "invalid_scope")]
    [InlineData("agent-brain:admin", 400, "invalid_scope")]
    public async Task A_scope_narrows_the_access_token_and_never_widens_it(string scope, int status, string result)
    {
        var (token, _) = await StartGrantAsync();
        var answer = await RefreshAsync(token, scope: scope);

        Assert.Equal((status, result), (answer.Status, status == 200 ? answer.Claim("scope") : answer.Error));

        // What was narrowed once, or asked too much for, is whole the next time.
        var next = await RefreshAsync(status == 200 ? answer.RefreshToken : token);
        Assert.Equal("agent-brain:read agent-brain:index", next.Claim("scope"));
    }

    [Fact]
    public async Task The_resource_is_that_of_the_grant()
    {
        var (token, _) = await StartGrantAsync();

        Assert.Equal("invalid_target", (await RefreshAsync(token, resource: Resource + "/other")).Error);
        Assert.Equal(200, (await RefreshAsync(token, resource: Resource)).Status);
    }

    /// <summary>RFC 9700 §4.14: a stolen token is worth nothing to another client or key. The rightful one notices nothing of the attempt.</summary>
    [Theory]
    [InlineData("another client")]
    [InlineData("another key")]
    [InlineData("no key")]
    public async Task Who_presents_a_token_without_being_who_it_is_bound_to_gets_nothing_and_takes_nothing(string who)
    {
        var (token, grantId) = await StartGrantAsync(key: "key");
        Task<TokenAnswer> Steal() => who switch
        {
            "another client" => RefreshAsync(token, OtherClient, "key"),
            "another key" => RefreshAsync(token, key: "another"),
            _ => RefreshAsync(token),
        };

        Assert.Equal("invalid_grant", (await Steal()).Error);
        var next = await RefreshAsync(token, key: "key");
        Assert.Equal(200, next.Status);

        // Nor when it was redeemed, within the leeway and after it, when it would be a replay by the rightful one.
        Assert.Equal("invalid_grant", (await Steal()).Error);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("invalid_grant", (await Steal()).Error);
        Assert.Null((await GrantAsync(grantId)).RevokedAt);
        Assert.Equal(200, (await RefreshAsync(next.RefreshToken, key: "key")).Status);

        var misuse = await ActivitiesAsync(ActivityKinds.RefreshMisused);
        Assert.Equal(3, misuse.Count);
        Assert.All(misuse, row => Assert.Equal((grantId, "127.0.0.1"), (row.GrantId, row.AddressPrefix)));
    }

    [Fact]
    public async Task Whoever_misuses_a_token_does_not_write_the_log()
    {
        var (token, _) = await StartGrantAsync();
        for (var attempt = 0; attempt < 20; attempt++)
            await RefreshAsync(token, OtherClient);

        Assert.Equal(GrantMisuse.AtOnce, (await ActivitiesAsync(ActivityKinds.RefreshMisused)).Count);
        Time.Advance(GrantMisuse.Interval);
        await RefreshAsync(token, OtherClient);
        Assert.Equal(GrantMisuse.AtOnce + 1, (await ActivitiesAsync(ActivityKinds.RefreshMisused)).Count);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData(null)]
    public async Task A_client_that_fails_to_authenticate_takes_nothing(string? secret)
    {
        var (token, _) = await StartGrantAsync(Confidential, secret: Secret);

        Assert.Equal("invalid_client", (await RefreshAsync(token, Confidential, secret: secret)).Error);
        Assert.Equal(200, (await RefreshAsync(token, Confidential, secret: Secret)).Status);
        Assert.Empty(await ActivitiesAsync(ActivityKinds.RefreshRepeated));
    }

    [Fact]
    public async Task A_proof_that_was_used_takes_nothing()
    {
        var (token, grantId) = await StartGrantAsync(key: "key proof-1");

        Assert.Equal("invalid_dpop_proof", (await RefreshAsync(token, key: "key proof-1")).Error);
        Assert.Single(await TokensAsync(grantId), row => row.RedeemedAt is null);
        Assert.Equal(200, (await RefreshAsync(token, key: "key proof-2")).Status);
    }

    [Fact]
    public async Task A_client_that_authenticates_may_change_its_key_and_never_do_without()
    {
        var (token, grantId) = await StartGrantAsync(Confidential, "first", Secret);

        Assert.Equal("invalid_grant", (await RefreshAsync(token, Confidential, secret: Secret)).Error);
        var answer = await RefreshAsync(token, Confidential, "second", secret: Secret);
        Assert.Equal(200, answer.Status);
        Assert.Equal("second", (await GrantAsync(grantId)).KeyThumbprint);

        // The same when it repeats: another key does, and none does not.
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("invalid_grant", (await RefreshAsync(token, Confidential, secret: Secret)).Error);
        Assert.Equal(answer.RefreshToken, (await RefreshAsync(token, Confidential, "third", secret: Secret)).RefreshToken);
    }

    [Fact]
    public async Task A_grant_that_was_not_bound_is_bound_by_the_first_proof_and_stays_so()
    {
        var (token, grantId) = await StartGrantAsync();
        var bound = await RefreshAsync(token, key: "key");

        Assert.Equal((200, "key"), (bound.Status, (await GrantAsync(grantId)).KeyThumbprint));
        Assert.Equal("invalid_grant", (await RefreshAsync(bound.RefreshToken)).Error);
        Assert.Equal(200, (await RefreshAsync(bound.RefreshToken, key: "key")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public async Task Who_redeemed_with_a_key_repeats_with_it(string? key)
    {
        var (token, grantId) = await StartGrantAsync();
        var bound = await RefreshAsync(token, key: "key");

        Assert.Equal("invalid_grant", (await RefreshAsync(token, key: key)).Error);
        Assert.Null((await GrantAsync(grantId)).RevokedAt);
        Assert.Equal(bound.RefreshToken, (await RefreshAsync(token, key: "key")).RefreshToken);
    }

    /// <summary>Whatever a row says of itself: a grant that was bound gives out nothing that is not (SR-39).</summary>
    [Fact]
    public async Task A_token_without_a_key_is_worth_nothing_once_its_grant_is_bound()
    {
        var (token, grantId) = await StartGrantAsync();
        await Store.WriteAsync(context => context.Grants.Where(grant => grant.Id == grantId).ExecuteUpdateAsync(set => set.SetProperty(grant => grant.KeyThumbprint, "key")));

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        Assert.Single(await TokensAsync(grantId), row => row.RedeemedAt is null);
        Assert.Equal(200, (await RefreshAsync(token, key: "key")).Status);
    }

    /// <summary>A thief who binds a stolen token to a key of their own must still be found out by the rightful client's next use.</summary>
    [Fact]
    public async Task A_thief_cannot_hide_behind_a_key()
    {
        var (token, grantId) = await StartGrantAsync();
        var stolen = await RefreshAsync(token, key: "thief");
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        Assert.Equal(ActivityKinds.RefreshReplayed, (await GrantAsync(grantId)).RevokedReason);
        Assert.Equal("invalid_grant", (await RefreshAsync(stolen.RefreshToken, key: "thief")).Error);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("of an earlier epoch")]
    [InlineData("for a client that changed")]
    public async Task A_token_of_a_dead_grant_gives_nothing(string how)
    {
        var (token, _) = await StartGrantAsync();
        await EndGrantsAsync(how);

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
    }

    [Fact]
    public async Task A_token_that_nobody_uses_ends_after_thirty_days()
    {
        var (token, _) = await StartGrantAsync();
        Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        token = (await RefreshAsync(token)).RefreshToken;
        Time.Advance(TimeSpan.FromDays(30));

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
    }

    [Fact]
    public async Task A_grant_ends_after_ninety_days_however_much_it_is_used()
    {
        var (token, grantId) = await StartGrantAsync();
        for (var days = 0; days < 75; days += 25)
        {
            Time.Advance(TimeSpan.FromDays(25));
            token = (await RefreshAsync(token)).RefreshToken;
        }

        var grant = await GrantAsync(grantId);
        Assert.Equal(grant.ExpiresAt, (await TokensAsync(grantId)).Single(row => row.RedeemedAt is null).ExpiresAt);
        Time.Advance(grant.ExpiresAt - Time.GetUtcNow());
        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("short")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task What_is_no_token_of_ours_gives_nothing(string token) => Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);

    [Fact]
    public async Task All_that_is_refused_is_refused_in_the_same_words()
    {
        var (token, _) = await StartGrantAsync(key: "key");
        var words = new[]
        {
            (await RefreshAsync("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).Body,
            (await RefreshAsync(token, OtherClient, "key")).Body,
            (await RefreshAsync(token, key: "another")).Body,
        };

        Assert.Single(words.Distinct());
    }

    [Fact]
    public async Task A_grant_that_dies_between_check_and_redemption_gives_nothing()
    {
        var rotation = Brain.Services.GetRequiredService<RefreshRotation>();
        var (token, _) = await StartGrantAsync();
        Assert.True(RefreshSecret.TryRead(token, out var secret));
        var found = await rotation.FindAsync(secret, CancellationToken.None);
        await Grants.RevokeAllAsync(ActivityKinds.OwnerReset, null);

        Assert.Equal(RedemptionVerdict.Dead, (await rotation.RedeemAsync(secret, found!, new(null, "192.0.2.1"), CancellationToken.None)).Verdict);
    }

    [Fact]
    public async Task Neither_tokens_nor_what_opens_them_is_in_the_database_or_a_log()
    {
        var (token, grantId) = await StartGrantAsync();
        var next = (await RefreshAsync(token)).RefreshToken;
        await Store.ReadAsync(context => context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(FULL)"));

        var file = await Store.ReadAsync(context => Task.FromResult(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(context.Database.GetConnectionString()).DataSource));
        var bytes = new[] { file, file + "-wal" }.Where(File.Exists).SelectMany(ReadShared).ToArray();
        Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(grantId)) >= 0);
        foreach (var secret in new[] { token, next })
        {
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0);
            Assert.True(bytes.AsSpan().IndexOf(Base64UrlText.Decode(secret)) < 0);
            Assert.DoesNotContain(Brain.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
