using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tests.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using static AgentBrain.OAuth.Tests.Revocation.RevocationsTests;
using static AgentBrain.OAuth.Tests.Revocation.SampleToken;

namespace AgentBrain.OAuth.Tests.Revocation;

/// <summary>Against a real server: what one process revokes, all know; what cannot be known is not guessed.</summary>
public sealed class RedisRevocationsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly CancellationTokenSource _stop = new();
    private RedisServer _server = null!;
    private readonly List<RedisConnection> _connections = [];
    private ConnectionMultiplexer _redis = null!;

    private DateTimeOffset Now => _time.GetUtcNow();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",abortConnect=false");
        await _server.SendAsync("SET", RedisRevocations.SinceKey, "0");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_one_server_revokes_another_knows_after_its_next_read_and_says_so()
    {
        var (here, there) = (Make(TimeProvider.System), Make(TimeProvider.System));
        var token = IssuedAt(TimeProvider.System.GetUtcNow());
        var heard = new TaskCompletionSource();
        there.Changed += (_, _) => heard.TrySetResult();
        var running = there.RunAsync(_stop.Token);
        await EventuallyAsync(() => Knows(there, token));

        await here.RevokeAsync(Target("grant"), Now);
        await heard.Task.WaitAsync(RedisRevocations.Interval + TimeSpan.FromSeconds(1), Cancelled);

        Assert.True(there.IsRevoked(token));
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_server_that_has_not_read_yet_lets_nothing_pass()
    {
        var revocations = Make();

        Assert.Throws<RevocationsUnavailableException>(() => revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
        await revocations.ReadAsync(Cancelled);
        Assert.False(revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
    }

    [Fact]
    public async Task Without_Redis_the_copy_is_good_for_half_a_minute_and_then_for_nothing()
    {
        var revocations = Make();
        await revocations.RevokeAsync(Target("token"), Now);
        await revocations.ReadAsync(Cancelled);
        _server.Kill();
        await Assert.ThrowsAnyAsync<Exception>(() => revocations.ReadAsync(Cancelled));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
        Assert.False(revocations.IsRevoked(IssuedAt(_time.GetUtcNow()) with { TokenId = "other" }));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Throws<RevocationsUnavailableException>(() => revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
    }

    [Fact]
    public async Task The_loop_outlives_Redis_and_goes_on_when_it_is_back()
    {
        var revocations = Make(TimeProvider.System);
        var running = revocations.RunAsync(_stop.Token);
        var token = IssuedAt(TimeProvider.System.GetUtcNow());
        await EventuallyAsync(() => Knows(revocations, token));

        _server.Kill();
        await Task.Delay(RedisRevocations.Interval * 1.5, Cancelled);
        Assert.False(running.IsCompleted);
        await _server.StartAgainAsync();
        await Make(TimeProvider.System).RevokeAsync(Target("subject"), Now);

        await EventuallyAsync(() => revocations.IsRevoked(token));
    }

    [Fact]
    public async Task A_Redis_that_comes_back_empty_gets_back_what_it_lost()
    {
        var revocations = Make();
        await revocations.RevokeAsync(Target("grant"), Now);
        await _server.SendAsync("FLUSHALL");

        await revocations.ReadAsync(Cancelled);
        var started = Make();
        await started.ReadAsync(Cancelled);

        Assert.True(revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
        Assert.True(started.IsRevoked(IssuedAt(_time.GetUtcNow())));
    }

    [Fact]
    public async Task Redis_holds_digests_alone_and_forgets_them_after_the_longest_life_of_a_token()
    {
        var revocations = Make();
        foreach (var kind in new[] { "subject", "grant", "session", "token" })
            await revocations.RevokeAsync(Target(kind), Now);
        var database = _redis.GetDatabase();

        var members = await database.SortedSetRangeByRankAsync(RedisRevocations.Key);
        Assert.Equal(4, members.Length);
        Assert.All(members, member => Assert.Matches("^[0-9a-f]{64}$", member.ToString()));
        var left = await database.KeyTimeToLiveAsync(RedisRevocations.Key);
        Assert.InRange(left!.Value, TimeSpan.FromHours(24), TimeSpan.FromMinutes((24 * 60) + 1));
    }

    [Fact]
    public async Task A_revocation_drops_what_is_older_than_any_token_and_nothing_that_another_server_needs()
    {
        var database = _redis.GetDatabase();
        foreach (var (name, age) in new[] { ("two hours", TimeSpan.FromHours(2)), ("a day", TimeSpan.FromHours(24)), ("more", TimeSpan.FromMinutes((24 * 60) + 2)) })
            await database.SortedSetAddAsync(RedisRevocations.Key, name, (Now - age).ToUnixTimeMilliseconds());

        await Make().RevokeAsync(Target("token"), Now);

        var left = await database.SortedSetRangeByRankAsync(RedisRevocations.Key);
        Assert.Equal(["a day", "two hours", Target("token").Digest], left.Select(member => member.ToString()));
        Assert.True(await database.KeyTimeToLiveAsync(RedisRevocations.Key) >= TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Where_Redis_lost_the_set_and_nobody_knows_it_what_was_issued_before_is_refused_by_all()
    {
        await _server.SendAsync("FLUSHALL");
        var before = Now - TimeSpan.FromSeconds(1);
        var (first, second) = (Make(), Make());
        await first.ReadAsync(Cancelled);
        await second.ReadAsync(Cancelled);

        foreach (var revocations in new[] { first, second })
        {
            Assert.True(revocations.IsRevoked(IssuedAt(before)));
            Assert.False(revocations.IsRevoked(IssuedAt(TimeProvider.System.GetUtcNow().AddSeconds(1))));
        }

        Assert.Equal(":-1", await _server.SendAsync("PTTL", RedisRevocations.SinceKey));
    }

    [Fact]
    public async Task A_server_that_knows_the_set_puts_it_back_with_the_marker_and_nobody_is_refused()
    {
        await _server.SendAsync("SET", RedisRevocations.SinceKey, "1000");
        var running = Make();
        await running.RevokeAsync(Target("token"), Now);
        await running.ReadAsync(Cancelled);
        await _server.SendAsync("FLUSHALL");

        await running.ReadAsync(Cancelled);
        var started = Make();
        await started.ReadAsync(Cancelled);

        Assert.Equal("1000", await _server.SendAsync("GET", RedisRevocations.SinceKey));
        foreach (var revocations in new[] { running, started })
        {
            Assert.True(revocations.IsRevoked(IssuedAt(Now)));
            Assert.False(revocations.IsRevoked(IssuedAt(Now) with { TokenId = "other" }));
        }
    }

    [Fact]
    public async Task Where_another_began_anew_what_is_open_is_looked_at_again()
    {
        var revocations = Make();
        await revocations.ReadAsync(Cancelled);
        var heard = 0;
        revocations.Changed += (_, _) => heard++;
        Assert.False(revocations.IsRevoked(IssuedAt(Now)));
        await _server.SendAsync("SET", RedisRevocations.SinceKey, $"{Now.ToUnixTimeMilliseconds() + 1000}");

        await revocations.ReadAsync(Cancelled);

        Assert.Equal(1, heard);
        Assert.True(revocations.IsRevoked(IssuedAt(Now)));
    }

    [Fact]
    public async Task A_marker_that_is_none_is_unknown()
    {
        await _server.SendAsync("SET", RedisRevocations.SinceKey, "nonsense");
        var revocations = Make();

        await Assert.ThrowsAsync<FormatException>(() => revocations.ReadAsync(Cancelled));

        Assert.Throws<RevocationsUnavailableException>(() => revocations.IsRevoked(IssuedAt(Now)));
    }

    [Fact]
    public async Task More_than_can_be_held_is_unknown_and_not_left_out()
    {
        foreach (var kind in new[] { "subject", "grant", "session" })
            await Make().RevokeAsync(Target(kind), Now);
        var small = Make(capacity: 2);

        await Assert.ThrowsAsync<InvalidOperationException>(() => small.ReadAsync(Cancelled));

        Assert.Throws<RevocationsUnavailableException>(() => small.IsRevoked(IssuedAt(_time.GetUtcNow())));
    }

    private RedisRevocations Make(TimeProvider? time = null, int capacity = 100)
    {
        var connection = new RedisConnection(_server.ConnectionString, TimeProvider.System, TimeSpan.FromSeconds(2));
        _connections.Add(connection);
        return new(connection, new Revocations(time ?? _time) { Capacity = capacity }, time ?? _time, NullLogger<RedisRevocations>.Instance);
    }

    private static bool Knows(RedisRevocations revocations, AgentBrain.OAuth.Tokens.AccessToken token)
    {
        try
        {
            return !revocations.IsRevoked(token);
        }
        catch (RevocationsUnavailableException)
        {
            return false;
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(20, patience.Token);
    }
}
