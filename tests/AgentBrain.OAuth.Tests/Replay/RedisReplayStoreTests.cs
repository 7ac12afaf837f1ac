using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tests.Redis;

namespace AgentBrain.OAuth.Tests.Replay;

/// <summary>Two servers with one Redis.</summary>
public sealed class RedisReplayStoreTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private Replica _a = null!;
    private Replica _b = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _a = await Replica.StartAsync(_redis);
        _b = await Replica.StartAsync(_redis);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _a, _b, _redis })
        {
            if (part is not null)
                await part.DisposeAsync();
        }
    }

    [Fact]
    public async Task Of_64_copies_at_once_over_two_servers_one_is_accepted()
    {
        for (var round = 0; round < 200; round++)
        {
            var entry = Replica.Entry($"round {round}");
            var statuses = await Task.WhenAll(Enumerable.Range(0, 64).Select(count => (count % 2 == 0 ? _a : _b).AddAsync(entry)));

            Assert.Single(statuses, ReplayStatus.Added);
            Assert.Equal(63, statuses.Count(status => status == ReplayStatus.Seen));
        }
    }

    [Fact]
    public async Task An_entry_is_forgotten_when_its_life_is_over_and_not_before()
    {
        var entry = Replica.Entry("short") with { Lifetime = TimeSpan.FromMilliseconds(400) };
        Assert.Equal(ReplayStatus.Added, await _a.AddAsync(entry));
        Assert.Equal(ReplayStatus.Seen, await _b.AddAsync(entry));
        await Task.Delay(450, TestContext.Current.CancellationToken);
        Assert.Equal(ReplayStatus.Added, await _b.AddAsync(entry));
    }

    [Fact]
    public async Task Keys_have_one_hash_tag_and_a_life_that_covers_the_entrys()
    {
        var entry = Replica.Entry("x");
        await _a.AddAsync(entry);

        Assert.InRange(int.Parse((await _redis.SendAsync("PTTL", $"agent-brain:replay:{{dpop}}:seen:{entry.Id}"))[1..]), 59_000, 60_001);
        Assert.InRange(int.Parse((await _redis.SendAsync("PTTL", "agent-brain:replay:{dpop}:live:key"))[1..]), 119_000, 120_001);
        Assert.Equal(":-1", await _redis.SendAsync("PTTL", "agent-brain:replay:{dpop}:epoch"));
        Assert.Equal(":3", await _redis.SendAsync("DBSIZE"));
    }

    [Fact]
    public async Task Servers_share_epoch_and_nonces()
    {
        Assert.True(_a.Store.Current!.IsSame(_b.Store.Current));
        Assert.NotNull(_b.Nonces.Verify(_a.Nonces.Issue("brain")!, "brain"));
        await _a.AddAsync(Replica.Entry("x"));
        var epoch = _a.Store.Current;
        await _a.AddAsync(Replica.Entry("y"));
        Assert.Same(epoch, _a.Store.Current);
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("SCRIPT", "FLUSH")]
    public async Task A_Redis_that_lost_its_memory_has_a_new_epoch_and_the_next_proof_tells(params string[] command)
    {
        var before = _a.Store.Current!;
        var old = _b.Nonces.Verify(_b.Nonces.Issue("brain")!, "brain");
        var entry = Replica.Entry("x") with { EarliestUse = DateTimeOffset.FromUnixTimeMilliseconds(before.BornAt.ToUnixTimeMilliseconds() + 1) };
        Assert.Equal(ReplayStatus.Added, await _a.AddAsync(entry));

        await _redis.SendAsync(command);

        Assert.Equal(ReplayStatus.NonceNeeded, await _a.AddAsync(entry));
        Assert.Equal(ReplayStatus.NonceNeeded, await _b.AddAsync(entry with { NonceEpoch = old }));
        Assert.False(before.IsSame(_a.Store.Current));
        Assert.True(_a.Store.Current!.IsSame(_b.Store.Current));
        Assert.Equal(ReplayStatus.Added, await _b.AddAsync(Replica.Entry("with nonce") with { EarliestUse = entry.EarliestUse, NonceEpoch = _a.Store.Current }));
        Assert.Equal(ReplayStatus.Added, await _b.AddAsync(Replica.Entry("later")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("1795608600000")]
    [InlineData("1795608600000:short")]
    public async Task An_epoch_that_is_none_is_replaced_or_nothing_is_accepted(string value)
    {
        await _redis.SendAsync("SET", "agent-brain:replay:{dpop}:epoch", value);

        var entry = Replica.Entry("x") with { EarliestUse = DateTimeOffset.UnixEpoch };
        Assert.Contains(await _a.AddAsync(entry), new[] { ReplayStatus.NonceNeeded, ReplayStatus.Unavailable });
    }

    [Fact]
    public async Task The_quota_of_a_key_is_counted_over_all_servers()
    {
        await using var limited = await Replica.StartAsync(_redis, livePerKey: 3);
        await using var other = await Replica.StartAsync(_redis, livePerKey: 3);
        for (var count = 0; count < 3; count++)
            Assert.Equal(ReplayStatus.Added, await (count % 2 == 0 ? limited : other).AddAsync(Replica.Entry($"{count}")));

        var refused = await other.Store.AddAsync(Replica.Entry("more"), TestContext.Current.CancellationToken);

        Assert.Equal(ReplayStatus.KeyLimit, refused.Status);
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Assert.Equal(ReplayStatus.Added, await limited.AddAsync(Replica.Entry("more", "another key")));
    }

    [Fact]
    public async Task The_quota_forgets_minutes_that_are_over()
    {
        await using var limited = await Replica.StartAsync(_redis, livePerKey: 3);
        var minute = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60;
        await _redis.SendAsync("HSET", "agent-brain:replay:{dpop}:live:key", $"{minute}", "1000", $"{minute - 1}", "1000", $"{minute + 5}", "2");

        Assert.Equal(ReplayStatus.Added, await limited.AddAsync(Replica.Entry("a")));
        Assert.Equal(ReplayStatus.KeyLimit, await limited.AddAsync(Replica.Entry("b")));
        Assert.Equal(":2", await _redis.SendAsync("HLEN", "agent-brain:replay:{dpop}:live:key"));
    }

    [Fact]
    public async Task A_Redis_without_memory_is_full_and_remembers_nothing_by_halves()
    {
        await _redis.SendAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await _redis.SendAsync("CONFIG", "SET", "maxmemory", "1");

        var refused = await _a.Store.AddAsync(Replica.Entry("x"), TestContext.Current.CancellationToken);
        Assert.Equal((ReplayStatus.Full, TimeSpan.FromSeconds(5)), (refused.Status, refused.RetryAfter));

        await _redis.SendAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(ReplayStatus.Added, await _a.AddAsync(Replica.Entry("x")));
    }

    [Fact]
    public async Task A_Redis_that_may_only_be_read_is_unavailable()
    {
        await _redis.SendAsync("REPLICAOF", "127.0.0.1", "1");

        Assert.Equal(ReplayStatus.Unavailable, await _a.AddAsync(Replica.Entry("x")));
    }
}
