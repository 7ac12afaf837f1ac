using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using AgentBrain.OAuth.Tests.Redis;

namespace AgentBrain.OAuth.Tests.Replay;

/// <summary>One server of several that share a Redis.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private Replica(RedisServer redis, int livePerKey)
    {
        Connection = new RedisConnection(redis.ConnectionString, TimeProvider.System);
        Store = new RedisReplayStore(Connection, livePerKey);
        Nonces = new NonceSource(Store, TimeProvider.System);
    }

    public RedisConnection Connection { get; }

    public RedisReplayStore Store { get; }

    public NonceSource Nonces { get; }

    /// <summary>Starts one that is ready: connected, and with the epoch known.</summary>
    public static async Task<Replica> StartAsync(RedisServer redis, int livePerKey = 100_000)
    {
        var replica = new Replica(redis, livePerKey);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (await replica.Store.RefreshAsync(CancellationToken.None))
                return replica;

            await Task.Delay(50);
        }

        throw new InvalidOperationException("Redis does not answer.");
    }

    /// <summary>An entry that is young enough for any epoch, for a minute.</summary>
    public static ReplayEntry Entry(string id, string key = "key") => new(
        ReplayId.For(key, id), key, TimeProvider.System.GetUtcNow().AddDays(1), TimeProvider.System.GetUtcNow().AddMinutes(1), TimeSpan.FromMinutes(1), null);

    public async Task<ReplayStatus> AddAsync(ReplayEntry entry) => (await Store.AddAsync(entry, CancellationToken.None)).Status;

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
