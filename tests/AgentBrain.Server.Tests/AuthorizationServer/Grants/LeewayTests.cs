using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>
/// A token that was just redeemed gives the same successor again, for half a minute and a few times: clients lose answers and run side by
/// side. Whatever goes beyond that is a copy in somebody's hands, and ends the grant (SR-05, SR-06).
/// </summary>
public sealed class LeewayTests(GrantServer server) : GrantScene(server), IClassFixture<GrantServer>
{
    [Fact]
    public async Task Within_the_leeway_the_same_successor_comes_with_a_fresh_access_token()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        Time.Advance(TimeSpan.FromSeconds(29));
        var again = await RefreshAsync(token);

        Assert.Equal((200, first.RefreshToken), (again.Status, again.RefreshToken));
        Assert.NotEqual(first.Claim("jti"), again.Claim("jti"));
        Assert.Single(await TokensAsync(grantId), row => row.RedeemedAt is null);
        Assert.Equal((grantId, "127.0.0.1"), Assert.Single(await ActivitiesAsync(ActivityKinds.RefreshRepeated)) is var row ? (row.GrantId, row.AddressPrefix) : default);
    }

    [Fact]
    public async Task A_replay_after_the_leeway_ends_the_grant_and_is_recorded()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        await AssertEndedAsync(grantId, first.RefreshToken);
    }

    [Fact]
    public async Task Repeats_do_not_extend_the_leeway()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Time.Advance(TimeSpan.FromSeconds(14));
            Assert.Equal(200, (await RefreshAsync(token)).Status);
        }

        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        await AssertEndedAsync(grantId, first.RefreshToken);
    }

    [Fact]
    public async Task Five_repeats_are_answered_and_the_sixth_ends_the_grant()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        for (var repeat = 0; repeat < 5; repeat++)
        {
            Time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(first.RefreshToken, (await RefreshAsync(token)).RefreshToken);
        }

        Assert.Equal(5, (await ActivitiesAsync(ActivityKinds.RefreshRepeated)).Count);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        await AssertEndedAsync(grantId, first.RefreshToken);
    }

    [Fact]
    public async Task Those_that_come_together_count_once()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        for (var together = 0; together < 20; together++)
            Assert.Equal(first.RefreshToken, (await RefreshAsync(token)).RefreshToken);

        Assert.Equal(0, (await TokensAsync(grantId)).Single(row => row.RedeemedAt is not null).Repeats);
        Time.Advance(RefreshRotation.Together);
        for (var together = 0; together < 20; together++)
            Assert.Equal(first.RefreshToken, (await RefreshAsync(token)).RefreshToken);

        Assert.Equal(1, (await TokensAsync(grantId)).Single(row => row.RedeemedAt is not null).Repeats);
        Assert.Single(await ActivitiesAsync(ActivityKinds.RefreshRepeated));
    }

    /// <summary>Some clients refresh from two places at once. It is said and counted, and ends nothing.</summary>
    [Fact]
    public async Task A_repeat_from_elsewhere_counts_at_once_and_is_flagged()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        var elsewhere = await RotateAsync(token, new Presenter(null, "198.51.100.7"));

        Assert.Equal((RedemptionVerdict.Repeated, first.RefreshToken), (elsewhere.Verdict, elsewhere.RefreshToken));
        var row = Assert.Single(await ActivitiesAsync(ActivityKinds.RefreshRepeated));
        Assert.Equal(("198.51.100.7", "from another address"), (row.AddressPrefix, row.Detail));
        Assert.Null((await GrantAsync(grantId)).RevokedAt);
    }

    /// <summary>Two that use what they stole in turns: whoever comes late finds the successor used.</summary>
    [Fact]
    public async Task A_token_whose_successor_was_used_ends_the_grant_even_within_the_leeway()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        var second = await RefreshAsync(first.RefreshToken);

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        await AssertEndedAsync(grantId, first.RefreshToken, second.RefreshToken);
    }

    [Fact]
    public async Task A_replay_is_known_as_one_until_the_grants_end()
    {
        var (token, grantId) = await StartGrantAsync();
        var live = (await RefreshAsync(token)).RefreshToken;
        for (var days = 0; days < 80; days += 20)
        {
            Time.Advance(TimeSpan.FromDays(20));
            live = (await RefreshAsync(live)).RefreshToken;
        }

        await Brain.Services.GetRequiredService<GrantSweeper>().SweepAsync(CancellationToken.None);
        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        await AssertEndedAsync(grantId, live);
    }

    [Fact]
    public async Task Access_tokens_of_a_grant_that_ended_so_are_refused_at_once()
    {
        var (token, _) = await StartGrantAsync();
        var answer = await RefreshAsync(token);
        Assert.Equal(200, await CallAsync(answer));
        Time.Advance(TimeSpan.FromMinutes(1));
        await RefreshAsync(token);

        Assert.Equal(401, await CallAsync(answer));
    }

    [Fact]
    public async Task The_sealed_successor_is_erased_when_the_successor_is_first_used()
    {
        var (token, grantId) = await StartGrantAsync();
        var first = await RefreshAsync(token);
        Assert.Single(await TokensAsync(grantId), row => row.SealedSuccessor is not null);
        var second = await RefreshAsync(first.RefreshToken);

        var sealedRow = Assert.Single(await TokensAsync(grantId), row => row.SealedSuccessor is not null);
        Assert.True(RefreshSecret.TryRead(first.RefreshToken, out var secret));
        Assert.Equal(secret.Lookup, sealedRow.Lookup);
        Assert.Equal(200, (await RefreshAsync(second.RefreshToken)).Status);
    }

    [Fact]
    public async Task No_row_older_than_the_leeway_has_a_sealed_successor_after_a_sweep()
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RefreshAsync((await StartGrantAsync()).Refresh);
            Time.Advance(TimeSpan.FromSeconds(14));
        }

        await SweepAsync();
        var now = Time.GetUtcNow();
        var rows = await Store.ReadAsync(context => context.RefreshTokens.Where(row => row.RedeemedAt != null).ToListAsync());
        Assert.Equal((3, 2), (rows.Count, rows.Count(row => row.SealedSuccessor is not null)));
        Assert.All(rows, row => Assert.Equal(row.RedeemedAt + TimeSpan.FromSeconds(30) > now, row.SealedSuccessor is not null));
    }

    [Fact]
    public async Task The_sweeper_comes_by_itself()
    {
        var (token, grantId) = await StartGrantAsync();
        await RefreshAsync(token);
        Time.Advance(TimeSpan.FromSeconds(30));
        for (var attempt = 0; attempt < 200 && (await TokensAsync(grantId)).Any(row => row.SealedSuccessor is not null); attempt++)
        {
            Time.Advance(GrantSweeper.Interval / 10);
            await Task.Delay(20);
        }

        Assert.DoesNotContain(await TokensAsync(grantId), row => row.SealedSuccessor is not null);
    }

    /// <summary>SR-05: an old token from a log, and a copy of the database. Before the sweep they open one step; after it, nothing.</summary>
    [Fact]
    public async Task A_dead_token_and_the_database_do_not_lead_to_the_live_token()
    {
        var (dead, grantId) = await StartGrantAsync();
        var live = await RefreshAsync(dead);
        Assert.Equal([live.RefreshToken], await FollowAsync(dead, grantId));

        Time.Advance(TimeSpan.FromSeconds(30));
        await SweepAsync();
        Assert.Empty(await FollowAsync(dead, grantId));

        var (second, secondGrant) = await StartGrantAsync();
        await RefreshAsync((await RefreshAsync(second)).RefreshToken);
        Assert.Empty(await FollowAsync(second, secondGrant));
    }

    [Fact]
    public async Task A_sealed_successor_that_was_changed_from_outside_opens_for_nobody_and_ends_the_grant()
    {
        var (token, grantId) = await StartGrantAsync();
        await RefreshAsync(token);
        await Store.WriteAsync(context => context.RefreshTokens.Where(row => row.SealedSuccessor != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.SealedSuccessor, new byte[60])));

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        Assert.NotNull((await GrantAsync(grantId)).RevokedAt);
    }

    private async Task<List<string>> FollowAsync(string token, string grantId)
    {
        var (opened, rows) = (new List<string>(), await TokensAsync(grantId));
        while (RefreshSecret.TryRead(token, out var secret)
            && rows.SingleOrDefault(row => row.Lookup == secret.Lookup) is { SealedSuccessor: { } box } row
            && secret.Open(box, new SealedFor(grantId, Client, null, row.Id, row.RepeatableUntil!.Value)) is { } next)
            opened.Add(token = next.Text);

        return opened;
    }

    private async Task SweepAsync() => await Brain.Services.GetRequiredService<GrantSweeper>().SweepAsync(CancellationToken.None);

    private async Task<Redemption> RotateAsync(string token, Presenter presenter)
    {
        var rotation = Brain.Services.GetRequiredService<RefreshRotation>();
        Assert.True(RefreshSecret.TryRead(token, out var secret));
        return await rotation.RedeemAsync(secret, (await rotation.FindAsync(secret, CancellationToken.None))!, presenter, CancellationToken.None);
    }

    private async Task AssertEndedAsync(string grantId, params string[] tokens)
    {
        var grant = await GrantAsync(grantId);
        Assert.Equal((Time.GetUtcNow().ToUnixTimeMilliseconds(), ActivityKinds.RefreshReplayed), (grant.RevokedAt?.ToUnixTimeMilliseconds(), grant.RevokedReason));
        Assert.Equal(grantId, Assert.Single(await ActivitiesAsync(ActivityKinds.RefreshReplayed)).GrantId);
        Assert.True(IsRevoked(grantId));
        Assert.DoesNotContain(await TokensAsync(grantId), row => row.SealedSuccessor is not null);
        foreach (var token in tokens)
            Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
    }
}
