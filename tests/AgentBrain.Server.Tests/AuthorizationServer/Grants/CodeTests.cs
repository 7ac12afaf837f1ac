using AgentBrain.Server.AuthorizationServer.Activities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>Codes are redeemed once, by who asked for them, with what they were asked for (RFC 6749 §4.1.3, §10.5; RFC 9700 §4.5).</summary>
public sealed class CodeTests(GrantServer server) : GrantScene(server), IClassFixture<GrantServer>
{
    private readonly string _proof = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_code_gives_an_access_token_for_the_grant_and_a_refresh_token()
    {
        var answer = await RedeemAsync(await AgreeAsync());

        Assert.Equal((200, null), (answer.Status, answer.Error));
        Assert.Equal("owner", answer.Claim("sub"));
        Assert.Equal(Client, answer.Claim("client_id"));
        Assert.Equal(Resource, answer.Claim("aud"));
        Assert.Equal("agent-brain:read agent-brain:index", answer.Claim("scope"));
        Assert.Equal("agent-brain:read agent-brain:index", answer.Scope);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", answer.RefreshToken);
        var grant = await GrantAsync(answer.Claim("sid")!);
        Assert.Equal((Time.GetUtcNow().ToUnixTimeMilliseconds(), "127.0.0.1"), (grant.LastUsedAt!.Value.ToUnixTimeMilliseconds(), grant.LastAddressPrefix));
        Assert.Equal(grant.Id, Assert.Single(await ActivitiesAsync(ActivityKinds.TokenIssued)).GrantId);
        Assert.NotNull(grant.LastKeyId);
    }

    [Fact]
    public async Task A_grant_that_is_not_refreshable_has_no_refresh_token()
    {
        var answer = await RedeemAsync(await AgreeAsync(refreshable: false));

        Assert.Equal((200, false), (answer.Status, answer.HasRefreshToken));
    }

    [Fact]
    public async Task A_grant_of_nothing_is_not_made() =>
        await Assert.ThrowsAsync<ArgumentException>(() => AgreeAsync(scopes: ScopeSet.None));

    [Theory]
    [InlineData(Redirect, 200)]
    [InlineData(null, 200)]
    [InlineData("http://127.0.0.1:7778/callback", 400)]
    public async Task The_redirect_URI_need_not_be_sent_and_counts_if_it_is(string? redirect, int status)
    {
        var answer = await RedeemAsync(await AgreeAsync(), redirect: redirect);

        Assert.Equal((status, status == 200 ? null : "invalid_grant"), (answer.Status, answer.Error));
    }

    /// <summary>RFC 9700 §4.5: code injection, stolen codes. And what fails costs the rightful client nothing (SR-68).</summary>
    [Theory]
    [InlineData("another verifier", "invalid_grant")]
    [InlineData("no verifier", "invalid_grant")]
    [InlineData("a verifier that is none", "invalid_grant")]
    [InlineData("another client", "invalid_grant")]
    [InlineData("another redirect URI", "invalid_grant")]
    [InlineData("another resource", "invalid_target")]
    [InlineData("no key", "invalid_grant")]
    [InlineData("another key", "invalid_grant")]
    [InlineData("a used proof", "invalid_dpop_proof")]
    public async Task Whoever_lacks_what_belongs_to_a_code_gets_nothing_and_takes_nothing(string lack, string error)
    {
        await UseProofAsync("key " + _proof);
        var code = await AgreeAsync(key: "key");

        Assert.Equal((400, error), await TryAsync(code, lack));

        var rightful = await RedeemAsync(code, key: "key");
        Assert.Equal((200, null), (rightful.Status, rightful.Error));

        // Used up now: it is still no replay, since those who stole a code alone could end everybody's grants.
        Assert.Equal((400, error), await TryAsync(code, lack));
        Assert.Equal(200, (await RefreshAsync(rightful.RefreshToken, key: "key")).Status);
        Assert.Empty(await ActivitiesAsync(ActivityKinds.CodeReplayed));
    }

    [Fact]
    public async Task A_code_that_comes_again_with_everything_that_belongs_to_it_ends_the_grant()
    {
        var code = await AgreeAsync();
        var first = await RedeemAsync(code);
        var grantId = first.Claim("sid")!;
        var again = await RedeemAsync(code);

        Assert.Equal((400, "invalid_grant"), (again.Status, again.Error));
        Assert.Equal("invalid_grant", (await RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal(ActivityKinds.CodeReplayed, (await GrantAsync(grantId)).RevokedReason);
        Assert.Equal((grantId, "127.0.0.1"), Assert.Single(await ActivitiesAsync(ActivityKinds.CodeReplayed)) is var seen ? (seen.GrantId, seen.AddressPrefix) : default);
        Assert.True(IsRevoked(grantId));
    }

    [Fact]
    public async Task A_code_that_comes_again_long_after_is_known_as_a_replay()
    {
        var code = await AgreeAsync();
        var first = await RedeemAsync(code);
        Time.Advance(TimeSpan.FromDays(20));

        Assert.Equal("invalid_grant", (await RedeemAsync(code)).Error);
        Assert.True(IsRevoked(first.Claim("sid")!));
    }

    [Fact]
    public async Task Of_many_that_redeem_a_code_at_once_one_gets_tokens_and_it_is_a_replay()
    {
        var code = await AgreeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RedeemAsync(code)));

        var winner = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer != winner), answer => Assert.Equal("invalid_grant", answer.Error));
        Assert.NotNull((await GrantAsync(winner.Claim("sid")!)).RevokedAt);
        Assert.Single(await TokensAsync(winner.Claim("sid")!));
    }

    [Theory]
    [InlineData(59, 200)]
    [InlineData(60, 400)]
    public async Task A_code_lives_sixty_seconds(int seconds, int status)
    {
        var code = await AgreeAsync();
        Time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(status, (await RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_code_gives_nothing(string code) => Assert.Equal(400, (await RedeemAsync(code)).Status);

    [Theory]
    [InlineData("revoked")]
    [InlineData("of an earlier epoch")]
    [InlineData("for a client that changed")]
    public async Task A_code_of_a_dead_grant_gives_nothing(string how)
    {
        var code = await AgreeAsync();
        await EndGrantsAsync(how);

        Assert.Equal("invalid_grant", (await RedeemAsync(code)).Error);
    }

    [Fact]
    public async Task A_grant_that_dies_between_check_and_redemption_gives_nothing()
    {
        var codes = Brain.Services.GetRequiredService<AgentBrain.Server.AuthorizationServer.Grants.CodeRedemption>();
        var code = await AgreeAsync();
        var found = await codes.FindAsync(code, CancellationToken.None);
        await Grants.RevokeAllAsync(ActivityKinds.OwnerReset, null);

        var redemption = await codes.RedeemAsync(found!, new(null, "192.0.2.1"), CancellationToken.None);
        Assert.Equal(AgentBrain.Server.AuthorizationServer.Grants.RedemptionVerdict.Dead, redemption.Verdict);
    }

    [Fact]
    public async Task A_code_that_expires_between_check_and_redemption_gives_nothing()
    {
        var codes = Brain.Services.GetRequiredService<AgentBrain.Server.AuthorizationServer.Grants.CodeRedemption>();
        var found = await codes.FindAsync(await AgreeAsync(), CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(60));

        var redemption = await codes.RedeemAsync(found!, new(null, "192.0.2.1"), CancellationToken.None);
        Assert.Equal(AgentBrain.Server.AuthorizationServer.Grants.RedemptionVerdict.Dead, redemption.Verdict);
    }

    [Fact]
    public async Task A_client_that_fails_to_authenticate_takes_nothing()
    {
        var code = await AgreeAsync(Confidential);

        Assert.Equal("invalid_client", (await RedeemAsync(code, Confidential, secret: "wrong")).Error);
        Assert.Equal("invalid_client", (await RedeemAsync(code, Confidential)).Error);
        Assert.Equal(200, (await RedeemAsync(code, Confidential, secret: Secret)).Status);
    }

    [Fact]
    public async Task A_proof_at_the_redemption_binds_the_grant_from_then_on()
    {
        var answer = await RedeemAsync(await AgreeAsync(), key: "key");

        Assert.Equal("key", (await GrantAsync(answer.Claim("sid")!)).KeyThumbprint);
        Assert.Contains("key", answer.Claim("cnf"), StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await RefreshAsync(answer.RefreshToken)).Error);
        Assert.Equal(200, (await RefreshAsync(answer.RefreshToken, key: "key")).Status);
    }

    [Fact]
    public async Task A_code_is_kept_as_a_digest()
    {
        var code = await AgreeAsync();

        Assert.DoesNotContain(code, await Store.ReadAsync(context => context.Codes.Select(row => row.CodeDigest).ToListAsync()));
        Assert.DoesNotContain(Brain.Log.Lines, line => line.Contains(code, StringComparison.Ordinal));
    }

    private async Task<(int, string?)> TryAsync(string code, string lack)
    {
        var answer = lack switch
        {
            "another verifier" => await RedeemAsync(code, key: "key", verifier: new string('v', 43)),
            "no verifier" => await RedeemAsync(code, key: "key", verifier: null),
            "a verifier that is none" => await RedeemAsync(code, key: "key", verifier: "short"),
            "another client" => await RedeemAsync(code, OtherClient, key: "key"),
            "another redirect URI" => await RedeemAsync(code, key: "key", redirect: Redirect + "/"),
            "another resource" => await RedeemAsync(code, key: "key", resource: Resource + "/other"),
            "no key" => await RedeemAsync(code),
            "another key" => await RedeemAsync(code, key: "another"),
            _ => await RedeemAsync(code, key: "key " + _proof),
        };
        return (answer.Status, answer.Error);
    }
}
