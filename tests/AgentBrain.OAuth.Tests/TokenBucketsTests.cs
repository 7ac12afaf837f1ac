using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests;

public sealed class TokenBucketsTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void So_many_at_once_and_then_one_each_interval()
    {
        var buckets = new TokenBuckets(time, burst: 2, TimeSpan.FromSeconds(1), capacity: 10);

        Assert.True(buckets.TryTake("a", out _));
        Assert.True(buckets.TryTake("a", out _));
        Assert.False(buckets.TryTake("a", out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(1), retryAfter);
        Assert.True(buckets.TryTake("b", out _));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(buckets.TryTake("a", out _));
        Assert.False(buckets.TryTake("a", out _));
    }

    [Fact]
    public void When_all_places_are_in_use_newcomers_share_one_and_full_buckets_make_room()
    {
        var buckets = new TokenBuckets(time, burst: 1, TimeSpan.FromSeconds(10), capacity: 2);
        Assert.True(buckets.TryTake("a", out _));
        Assert.True(buckets.TryTake("b", out _));

        Assert.True(buckets.TryTake("c", out _));
        Assert.False(buckets.TryTake("d", out _));
        Assert.Equal(3, buckets.Count);

        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(buckets.TryTake("e", out _));
        Assert.Equal(1, buckets.Count);
    }
}
