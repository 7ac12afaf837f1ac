using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tests.Redis;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Replay;

public sealed class RedisConnectionTests
{
    [Theory]
    [InlineData("redis.example:6380,password=hush,ssl=true,user=brain", "redis.example:6380 (TLS)", true)]
    [InlineData("127.0.0.1", "127.0.0.1:6379", true)]
    [InlineData("localhost:7000,[::1]:7001", "localhost:7000, [::1]:7001", true)]
    [InlineData("10.0.0.1:6379,password=hush", "10.0.0.1:6379", false)]
    [InlineData("localhost,redis.example", "localhost:6379, redis.example:6379", false)]
    public async Task It_says_where_it_goes_and_whether_that_is_protected_and_never_the_password(string text, string description, bool isProtected)
    {
        await using var connection = new RedisConnection(text, TimeProvider.System);

        Assert.Equal((description, isProtected), (connection.Description, connection.IsProtected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=hush")]
    [InlineData("localhost,pasword=hush")]
    [InlineData("localhost,connectTimeout=hush")]
    [InlineData("localhost,ssl=hush")]
    public void What_is_no_connection_string_is_refused_without_repeating_it(string text)
    {
        var refused = Assert.Throws<FormatException>(() => new RedisConnection(text, TimeProvider.System));

        Assert.DoesNotContain("hush", refused.ToString());
    }

    [Fact]
    public async Task A_password_is_used_and_in_no_message()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "hush-hush");
        await using var right = new RedisConnection($"{redis.ConnectionString},password=hush-hush", TimeProvider.System, TimeSpan.FromSeconds(5));
        await using var wrong = new RedisConnection($"{redis.ConnectionString},password=hush-hash", TimeProvider.System, TimeSpan.FromSeconds(5));

        Assert.True(await new RedisReplayStore(right, 0).RefreshAsync(TestContext.Current.CancellationToken));
        var store = new RedisReplayStore(wrong, 0);
        var refused = await store.AddAsync(Replica.Entry("x"), TestContext.Current.CancellationToken);
        var health = await RedisHealth.AskAsync(wrong, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(ReplayStatus.Unavailable, refused.Status);
        Assert.DoesNotContain("hush", refused.Detail);
        Assert.DoesNotContain("hush", health.Problem);
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_not_told_that_Redis_is()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await Replica.StartAsync(redis);
        redis.Halt();
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await replica.Store.AddAsync(Replica.Entry("x"), gone.Token));
        redis.GoOn();
    }

    [Fact]
    public async Task A_healthy_Redis_answers_has_our_time_and_evicts_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await Replica.StartAsync(redis);

        var health = await RedisHealth.AskAsync(replica.Connection, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.True(health.IsHealthy, health.Problem);
        Assert.InRange(health.ClockDifference!.Value, TimeSpan.FromMilliseconds(-100), TimeSpan.FromMilliseconds(100));
        Assert.InRange(health.Latency!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        Assert.Equal("noeviction", health.EvictionPolicy);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(16, false)]
    [InlineData(-14, true)]
    [InlineData(-16, false)]
    public async Task A_clock_that_is_off_by_more_than_15_seconds_is_a_problem(int seconds, bool healthy)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await Replica.StartAsync(redis);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        var health = await RedisHealth.AskAsync(replica.Connection, time, TestContext.Current.CancellationToken);

        Assert.Equal(healthy, health.IsHealthy);
        Assert.Equal(healthy, health.Problem is null);
    }

    [Theory]
    [InlineData("0", "allkeys-lru", true)]
    [InlineData("100mb", "noeviction", true)]
    [InlineData("100mb", "allkeys-lru", false)]
    [InlineData("100mb", "volatile-ttl", false)]
    public async Task A_Redis_that_evicts_is_a_problem(string memory, string policy, bool healthy)
    {
        await using var redis = await RedisServer.StartAsync("--maxmemory", memory, "--maxmemory-policy", policy);
        await using var replica = await Replica.StartAsync(redis);

        var health = await RedisHealth.AskAsync(replica.Connection, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(healthy, health.IsHealthy);
    }

    [Fact]
    public async Task An_account_that_may_not_use_INFO_is_a_problem_and_its_proofs_are_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.SendAsync("ACL", "SETUSER", "brain", "on", ">hush", "~*", "+@all", "-info");
        await using var connection = new RedisConnection($"{redis.ConnectionString},user=brain,password=hush", TimeProvider.System, TimeSpan.FromSeconds(5));

        var health = await RedisHealth.AskAsync(connection, TimeProvider.System, TestContext.Current.CancellationToken);
        var refused = await new RedisReplayStore(connection, 0).AddAsync(Replica.Entry("x"), TestContext.Current.CancellationToken);

        Assert.False(health.IsHealthy);
        Assert.Contains("allow INFO", health.Problem);
        Assert.Equal(ReplayStatus.Unavailable, refused.Status);
    }

    [Fact]
    public async Task A_Redis_that_is_away_is_a_problem_and_no_exception()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await Replica.StartAsync(redis);
        redis.Kill();

        var health = await RedisHealth.AskAsync(replica.Connection, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Null(health.Latency);
        Assert.Contains(redis.ConnectionString, health.Problem);
    }
}
