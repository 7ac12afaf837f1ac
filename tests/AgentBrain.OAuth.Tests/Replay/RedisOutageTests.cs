using System.Diagnostics;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tests.Dpop;
using AgentBrain.OAuth.Tests.Redis;

namespace AgentBrain.OAuth.Tests.Replay;

/// <summary>A Redis that is away: refused within 250 ms, back within 2 s.</summary>
[Collection(nameof(Outages))]
public sealed class RedisOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(2);
    private RedisServer _redis = null!;
    private Replica _replica = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _replica = await Replica.StartAsync(_redis);
        Assert.Equal(ReplayStatus.Added, await _replica.AddAsync(Replica.Entry("warm")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _replica, _redis })
        {
            if (part is not null)
                await part.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(6_000)]
    public async Task A_Redis_that_is_halted_is_unavailable_within_250_ms_and_back_within_2_s(int milliseconds)
    {
        _redis.Halt();
        await RefusesAsync(TimeSpan.FromMilliseconds(milliseconds));

        _redis.GoOn();
        await RecoversAsync();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(6_000)]
    public async Task A_Redis_that_was_killed_is_unavailable_within_250_ms_and_back_within_2_s_with_a_new_epoch(int milliseconds)
    {
        var epoch = _replica.Store.Current;
        _redis.Kill();
        await RefusesAsync(TimeSpan.FromMilliseconds(milliseconds));

        await _redis.StartAgainAsync();
        await RecoversAsync();
        Assert.False(_replica.Store.Current!.IsSame(epoch));
    }

    [Fact]
    public async Task A_halted_Redis_costs_no_more_than_so_many_questions()
    {
        _redis.Halt();
        var start = Stopwatch.GetTimestamp();
        var statuses = await Task.WhenAll(Enumerable.Range(0, RedisConnection.MaxWaiting + 500).Select(count => _replica.Store.AddAsync(Replica.Entry($"{count}"), CancellationToken.None).AsTask()));

        Assert.All(statuses, result => Assert.Equal(ReplayStatus.Unavailable, result.Status));
        Assert.True(statuses.Count(result => result.Detail!.Contains("busy", StringComparison.Ordinal)) >= 500);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3));
        _redis.GoOn();
        await RecoversAsync();
    }

    [Fact]
    public async Task A_server_that_starts_before_its_Redis_finds_it_later()
    {
        _redis.Kill();
        await using var connection = new RedisConnection(_redis.ConnectionString, TimeProvider.System);
        var store = new RedisReplayStore(connection, 0);
        for (var count = 0; count < 8; count++)
        {
            var entry = Replica.Entry($"early {count}");
            var (result, took) = await Timing.OfAsync(() => store.AddAsync(entry, TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(ReplayStatus.Unavailable, result.Status);
            Assert.True(took < Bound, $"A refusal took {took.TotalMilliseconds:F0} ms.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Null(store.Current);
        await _redis.StartAgainAsync();
        var back = Stopwatch.GetTimestamp();
        while (!await store.RefreshAsync(TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(back) < Recovery);
    }

    [Fact]
    public async Task A_Redis_that_comes_back_with_old_memory_has_a_new_epoch_so_what_it_forgot_is_not_accepted_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await Replica.StartAsync(redis);
        await redis.SendAsync("SAVE");
        var epoch = replica.Store.Current!;
        var entry = Replica.Entry("x") with { EarliestUse = epoch.BornAt.AddMilliseconds(1) };
        Assert.Equal(ReplayStatus.Added, await replica.AddAsync(entry));

        redis.Kill();
        await redis.StartAgainAsync();
        Assert.Equal(epoch.Value, await redis.SendAsync("GET", "agent-brain:replay:{dpop}:epoch"));

        ReplayStatus status;
        var start = Stopwatch.GetTimestamp();
        while ((status = await replica.AddAsync(entry)) == ReplayStatus.Unavailable)
            Assert.True(Stopwatch.GetElapsedTime(start) < Recovery);

        Assert.Equal(ReplayStatus.NonceNeeded, status);
    }

    [Fact]
    public async Task A_validator_refuses_while_Redis_is_away_and_grants_again_after()
    {
        using var client = ProofMaker.Create("ES256");
        using var validator = new ProofValidator(new DpopOptions(), _replica.Store, _replica.Nonces, TimeProvider.System);
        async Task<ProofOutcome> Use()
        {
            var nonce = _replica.Nonces.Issue(Scene.Target);
            var proof = client.Sign(client.Header(), ProofMaker.Claims("POST", Scene.Target, TimeProvider.System.GetUtcNow(), Scene.Token, nonce));
            var check = await validator.CheckAsync(new ProofRequest([proof], "POST", Scene.Target, Scene.Token, client.Thumbprint), CancellationToken.None);
            return check.Proof is null ? check : await validator.ConsumeAsync(check.Proof, Scene.Target, CancellationToken.None);
        }

        Assert.Null((await Use()).Reason);
        _redis.Halt();
        var (refused, took) = await Timing.OfAsync(Use);
        Assert.True(took < Bound, $"A refusal took {took.TotalMilliseconds:F0} ms.");
        Assert.Equal((Reasons.ReplayStoreUnavailable, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));

        _redis.GoOn();
        var start = Stopwatch.GetTimestamp();
        while ((await Use()).Reason is not null)
            Assert.True(Stopwatch.GetElapsedTime(start) < Recovery);
    }

    private async Task RefusesAsync(TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var slowest = TimeSpan.Zero;
        for (var count = 0; Stopwatch.GetElapsedTime(start) < duration; count++)
        {
            var entry = Replica.Entry($"away {count}");
            var (status, took) = await Timing.OfAsync(() => _replica.AddAsync(entry));
            Assert.Equal(ReplayStatus.Unavailable, status);
            slowest = took > slowest ? took : slowest;
            await Task.Delay(10);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"slowest refusal {slowest.TotalMilliseconds:F0} ms");
        Assert.True(slowest < Bound, $"A refusal took {slowest.TotalMilliseconds:F0} ms.");
    }

    private async Task RecoversAsync()
    {
        var start = Stopwatch.GetTimestamp();
        for (var count = 0; await _replica.AddAsync(Replica.Entry($"back {count}")) != ReplayStatus.Added; count++)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Recovery, "no recovery within 2 s");
            await Task.Delay(10);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"recovered after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }
}

/// <summary>Measures time, so nothing else of ours runs beside it.</summary>
[CollectionDefinition(nameof(Outages), DisableParallelization = true)]
public sealed class Outages;
