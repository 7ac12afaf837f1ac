using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tests.Redis;

namespace AgentBrain.OAuth.Tests.Replay;

/// <summary>Two Redis servers that take over from each other: what one accepted and the other does not know is not accepted again.</summary>
[Collection(nameof(Outages))]
public sealed class ReplayFailoverTests
{
    private const string EpochKey = "agent-brain:replay:{dpop}:epoch";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_master_that_was_a_replica_for_a_while_has_a_new_epoch_although_it_knows_the_script()
    {
        await using var first = await RedisServer.StartAsync("--repl-diskless-sync-delay", "0");
        await using var second = await RedisServer.StartAsync("--repl-diskless-sync-delay", "0");
        await using var here = await Replica.StartAsync(first);
        var born = here.Store.Current!;
        await FollowAsync(second, first);
        await second.SendAsync("REPLICAOF", "NO", "ONE");
        await using var there = await Replica.StartAsync(second);
        Assert.False(born.IsSame(there.Store.Current));

        // On the way back, what the second accepted last is taken away from the first, as if it had died before it arrived.
        await FollowAsync(first, second);
        Assert.Equal(there.Store.Current!.Value, await first.SendAsync("GET", EpochKey));
        var entry = Replica.Entry("x") with { EarliestUse = there.Store.Current!.BornAt.AddMilliseconds(1) };
        Assert.Equal(ReplayStatus.Added, await there.AddAsync(entry));
        second.Kill();
        await first.SendAsync("REPLICAOF", "NO", "ONE");
        await first.SendAsync("DEL", $"agent-brain:replay:{{dpop}}:seen:{entry.Id}");

        Assert.Equal(ReplayStatus.NonceNeeded, await AnswerAsync(here, entry));
        Assert.False(there.Store.Current!.IsSame(here.Store.Current));
    }

    /// <summary>Makes one follow the other and waits until it has what the other has.</summary>
    private static async Task FollowAsync(RedisServer follower, RedisServer master)
    {
        await follower.SendAsync("REPLICAOF", "127.0.0.1", $"{master.Port}");
        using var patience = new CancellationTokenSource(Patience);
        while (await follower.SendAsync("GET", EpochKey) is var has && (has != await master.SendAsync("GET", EpochKey) || !await IsLinkedAsync(follower)))
            await Task.Delay(20, patience.Token);
    }

    private static async Task<bool> IsLinkedAsync(RedisServer follower) =>
        await follower.SendAsync("EVAL", "return string.find(redis.call('INFO','replication'), 'master_link_status:up') and 1 or 0", "0") == ":1";

    private static async Task<ReplayStatus> AnswerAsync(Replica replica, ReplayEntry entry)
    {
        using var patience = new CancellationTokenSource(Patience);
        ReplayStatus status;
        while ((status = await replica.AddAsync(entry)) == ReplayStatus.Unavailable)
            await Task.Delay(20, patience.Token);

        return status;
    }
}
