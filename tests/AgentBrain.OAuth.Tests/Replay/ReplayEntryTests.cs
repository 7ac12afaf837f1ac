using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Tests.Replay;

public sealed class ReplayEntryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly DpopOptions Options = new();

    [Fact]
    public void It_lives_until_the_slowest_clock_finds_the_proof_too_old()
    {
        var entry = ReplayEntry.For(new Proof("key", "id", Now.AddSeconds(10), null), Options, Now);

        Assert.Equal((Now.AddSeconds(340), TimeSpan.FromSeconds(340)), (entry.ExpiresAt, entry.Lifetime));
    }

    [Fact]
    public void It_could_have_been_used_since_the_fastest_clock_found_the_proof_no_longer_ahead() =>
        Assert.Equal(Now.AddSeconds(-80), ReplayEntry.For(new Proof("key", "id", Now.AddSeconds(10), null), Options, Now).EarliestUse);

    [Fact]
    public void A_proof_that_became_too_old_on_the_way_is_still_remembered_for_a_moment()
    {
        var entry = ReplayEntry.For(new Proof("key", "id", Now.AddHours(-1), null), Options, Now);

        Assert.Equal((Now.AddSeconds(1), TimeSpan.FromSeconds(1)), (entry.ExpiresAt, entry.Lifetime));
    }

    [Fact]
    public void Key_and_jti_do_not_run_into_each_other()
    {
        Assert.Equal(ReplayId.For("key", "id"), ReplayId.For("key", "id"));
        Assert.NotEqual(ReplayId.For("key", "id"), ReplayId.For("ke", "yid"));
        Assert.Equal("d9655554", ReplayId.For("key", "id").ToString()[..8]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("1795608600000")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:0123456789abcdef0123456789abcdef0123456")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:0123456789abcdef0123456789abcdef012345678")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:0123456789abcdef0123456789abcdef0123456g")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:0123456789ABCDEF0123456789abcdef01234567")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0123456789abcdef0123456789abcdef01234567")]
    [InlineData(":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1x:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("999999999999999:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1795608600000:AAAA")]
    [InlineData("1795608600000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_epoch_is_read_as_none(string? value) => Assert.Null(ReplayEpoch.Parse(value));

    [Fact]
    public void An_epoch_is_read_as_it_was_written()
    {
        var epoch = ReplayEpoch.Begin(Now);
        var read = ReplayEpoch.Parse(epoch.Value)!;

        Assert.Equal(Now, read.BornAt);
        Assert.True(read.IsSame(epoch));
        Assert.False(read.IsSame(ReplayEpoch.Begin(Now)));
        Assert.False(read.IsSame(null));
        Assert.Equal(32, read.Secret.Length);
    }

    [Fact]
    public void The_rate_that_a_capacity_allows_is_capacity_by_window()
    {
        var capacity = ReplayCapacity.ForEntries(Options, 39_000, 170);

        Assert.Equal((TimeSpan.FromSeconds(390), 39_000L, 6_630_000L), (capacity.Window, capacity.Entries, capacity.Bytes));
        Assert.Equal(100, capacity.ProofsPerSecond);
        Assert.Equal(1_282, (int)ReplayCapacity.ForEntries(Options, Options.Capacity, 170).ProofsPerSecond);
    }
}
