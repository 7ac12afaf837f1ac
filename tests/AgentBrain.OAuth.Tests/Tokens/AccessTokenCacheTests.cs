using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class AccessTokenCacheTests
{
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly AccessToken _token = new AccessTokenRules(Claims.Settings, Claims.Clock()).JudgeClaims(Claims.Good().Element()).Token!;

    [Fact]
    public void What_one_resource_learned_says_nothing_at_another()
    {
        var cache = new AccessTokenCache(_clock);
        cache.Add("https://brain.example/a", 1, "token", _token);

        Assert.True(cache.TryGet("https://brain.example/a", 1, "token", out var found));
        Assert.Same(_token, found);
        Assert.False(cache.TryGet("https://brain.example/b", 1, "token", out _));
        Assert.False(cache.TryGet("https://brain.example/a", 1, "token2", out _));
    }

    [Fact]
    public void A_change_of_keys_drops_everything_at_once()
    {
        var cache = new AccessTokenCache(_clock);
        cache.Add("r", 1, "old", _token);

        Assert.False(cache.TryGet("r", 2, "old", out _));
        cache.Add("r", 2, "new", _token);

        Assert.Equal(1, cache.Count);
        Assert.False(cache.TryGet("r", 1, "old", out _));
        Assert.False(cache.TryGet("r", 2, "old", out _));
    }

    [Fact]
    public void A_result_of_keys_that_are_gone_comes_too_late()
    {
        var cache = new AccessTokenCache(_clock);
        cache.Add("r", 2, "new", _token);
        cache.Add("r", 1, "old", _token);

        Assert.False(cache.TryGet("r", 1, "old", out _));
        Assert.False(cache.TryGet("r", 2, "old", out _));
        Assert.True(cache.TryGet("r", 2, "new", out _));
    }

    [Fact]
    public void A_result_is_good_for_a_minute()
    {
        var cache = new AccessTokenCache(_clock);
        cache.Add("r", 1, "t", _token);

        _clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.True(cache.TryGet("r", 1, "t", out _));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(cache.TryGet("r", 1, "t", out _));
    }

    [Fact]
    public void A_result_is_not_good_beyond_the_tokens_end()
    {
        var cache = new AccessTokenCache(_clock);
        cache.Add("r", 1, "t", _token with { ExpiresAt = Claims.Now.AddSeconds(10) });
        cache.Add("r", 1, "over", _token with { ExpiresAt = Claims.Now });

        Assert.False(cache.TryGet("r", 1, "over", out _));
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.True(cache.TryGet("r", 1, "t", out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.TryGet("r", 1, "t", out _));
    }

    [Fact]
    public void It_remembers_no_more_than_it_has_room_for_and_the_latest_stay()
    {
        var cache = new AccessTokenCache(_clock, capacity: 100);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Add("r", 1, $"t{i}", _token);
            Assert.InRange(cache.Count, 1, 100);
            Assert.True(cache.TryGet("r", 1, $"t{i}", out _));
            Assert.True(i < 49 || cache.TryGet("r", 1, $"t{i - 49}", out _));
        }

        Assert.False(cache.TryGet("r", 1, "t0", out _));
    }

    [Theory]
    [InlineData(700)]
    [InlineData(8_000)]
    public void A_hit_allocates_next_to_nothing(int length)
    {
        var cache = new AccessTokenCache(_clock);
        var text = new string('a', length);
        cache.Add(Claims.Resource, 1, text, _token);
        Assert.True(cache.TryGet(Claims.Resource, 1, text, out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            cache.TryGet(Claims.Resource, 1, text, out _);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 0, 200);
    }
}
