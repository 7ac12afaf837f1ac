using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>What nothing can come of any more is removed; what a replay is known by stays.</summary>
public sealed class GrantSweeperTests(GrantServer server) : GrantScene(server), IClassFixture<GrantServer>
{
    [Fact]
    public async Task A_grant_goes_with_its_tokens_an_hour_after_its_end()
    {
        var (token, grantId) = await StartGrantAsync();
        await RefreshAsync(token);
        Time.Advance(TimeSpan.FromDays(90));
        await PruneAsync();
        Assert.Equal(2, (await TokensAsync(grantId)).Count);

        Time.Advance(GrantSweeper.Kept + TimeSpan.FromSeconds(1));
        await PruneAsync();
        Assert.Equal((0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task A_revoked_grant_stays_until_its_end()
    {
        var (_, grantId) = await StartGrantAsync();
        await Grants.RevokeAsync(grantId, "test", null);
        Time.Advance(TimeSpan.FromDays(89));
        await PruneAsync();

        Assert.Equal((1, 1, 1), await CountAsync());
    }

    [Fact]
    public async Task A_grant_whose_code_nobody_redeemed_goes_soon_and_one_that_is_used_stays()
    {
        await AgreeAsync();
        var (_, used) = await StartGrantAsync();
        Time.Advance(GrantSweeper.Kept);
        await PruneAsync();
        Assert.Equal((2, 2, 1), await CountAsync());

        Time.Advance(TimeSpan.FromSeconds(61));
        await PruneAsync();
        Assert.Equal((1, 1, 1), await CountAsync());
        Assert.Equal(used, (await GrantAsync(used)).Id);
    }

    [Fact]
    public async Task A_request_that_nobody_answered_goes_an_hour_after_its_end()
    {
        await Store.WriteAsync(context =>
        {
            context.Interactions.Add(new InteractionRecord
            {
                IdDigest = "one",
                SessionId = "session",
                ClientId = Client,
                MetadataDigest = "digest",
                RedirectUri = Redirect,
                Resource = Resource,
                CodeChallenge = "challenge",
                ExpiresAt = Time.GetUtcNow(),
            });
            return Task.CompletedTask;
        });
        await PruneAsync();
        Assert.Single(await Store.ReadAsync(context => context.Interactions.ToListAsync()));

        Time.Advance(GrantSweeper.Kept + TimeSpan.FromSeconds(1));
        await PruneAsync();
        Assert.Empty(await Store.ReadAsync(context => context.Interactions.ToListAsync()));
    }

    private async Task PruneAsync()
    {
        // A sweeper of its own prunes with its first sweep.
        using var sweeper = new GrantSweeper(Store, Time, NullLogger<GrantSweeper>.Instance);
        await sweeper.SweepAsync(CancellationToken.None);
    }

    private Task<(int Grants, int Codes, int Tokens)> CountAsync() =>
        Store.ReadAsync(async context => (await context.Grants.CountAsync(), await context.Codes.CountAsync(), await context.RefreshTokens.CountAsync()));
}
