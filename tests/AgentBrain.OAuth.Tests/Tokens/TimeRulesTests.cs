using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class TimeRulesTests
{
    private const long Now = 1_800_000_000;

    [Theory]
    [InlineData(Now, Now + 900, null)]
    [InlineData(Now + 30, Now + 900, null)]
    [InlineData(Now + 31, Now + 900, Reasons.TokenNotYetValid)]
    [InlineData(Now - 900, Now - 29, null)]
    [InlineData(Now - 900, Now - 30, Reasons.TokenExpired)]
    [InlineData(0, 1, Reasons.TokenExpired)]
    [InlineData(Now, Now + 3_600, null)]
    [InlineData(Now, Now + 3_601, Reasons.TokenLifetime)]
    [InlineData(Now - 86_000, Now + 400, Reasons.TokenLifetime)]
    [InlineData(Now, Now, Reasons.TokenLifetime)]
    [InlineData(Now + 20, Now + 10, Reasons.TokenLifetime)]
    [InlineData(Now, 250_000_000_000, Reasons.TokenLifetime)]
    public void A_token_lives_from_its_issue_to_its_end_give_or_take_the_skew_and_not_too_long(long issued, long ends, string? reason)
    {
        var claims = Claims.With("iat", issued);
        claims["exp"] = ends;

        Assert.Equal(reason, Rules(Claims.Clock()).JudgeClaims(claims.Element()).Reason);
    }

    [Theory]
    [InlineData("1800000030", null)]
    [InlineData("1800000030.5", Reasons.TokenNotYetValid)]
    [InlineData("1800000031", Reasons.TokenNotYetValid)]
    [InlineData("0", null)]
    [InlineData(null, null)]
    public void A_token_may_say_when_it_begins(string? notBefore, string? reason) =>
        Assert.Equal(reason, Rules(Claims.Clock()).JudgeClaims(Claims.WithRaw("nbf", notBefore)).Reason);

    [Theory]
    [InlineData("1800000900.25", 900_250)]
    [InlineData("1.8000009e9", 900_000)]
    [InlineData("1800000900.00000000000000000000000001", 900_000)]
    public void Times_may_have_fractions(string json, long milliseconds) =>
        Assert.Equal(Claims.Now.AddMilliseconds(milliseconds), Rules(Claims.Clock()).JudgeClaims(Claims.WithRaw("exp", json)).Token!.ExpiresAt);

    [Fact]
    public void The_end_of_a_token_is_asked_again_later()
    {
        var clock = Claims.Clock();
        var rules = Rules(clock);
        var token = rules.JudgeClaims(Claims.Good().Element()).Token!;

        clock.Advance(TimeSpan.FromSeconds(900 + 29));
        Assert.False(rules.IsExpired(token));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rules.IsExpired(token));
    }

    private static AccessTokenRules Rules(TimeProvider clock) => new(Claims.Settings, clock);
}
