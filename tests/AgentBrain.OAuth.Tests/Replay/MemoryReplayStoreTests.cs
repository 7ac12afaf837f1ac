using AgentBrain.OAuth.Replay;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Replay;

public sealed class MemoryReplayStoreTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_entry_is_added_once_while_it_lives()
    {
        var store = Store();
        Assert.Equal(ReplayStatus.Added, await AddAsync(store, "a", life: 10));
        Assert.Equal(ReplayStatus.Seen, await AddAsync(store, "a", life: 10));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ReplayStatus.Seen, await AddAsync(store, "a", life: 10));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ReplayStatus.Added, await AddAsync(store, "a", life: 10));
    }

    [Fact]
    public async Task A_full_store_forgets_only_what_is_too_old()
    {
        var store = Store(capacity: 3);
        await AddAsync(store, "a", life: 10);
        await AddAsync(store, "b", life: 20);
        await AddAsync(store, "c", life: 30);

        var refused = await store.AddAsync(Entry("d", 10), TestContext.Current.CancellationToken);
        Assert.Equal((ReplayStatus.Full, TimeSpan.FromSeconds(11)), (refused.Status, refused.RetryAfter));

        _time.Advance(refused.RetryAfter!.Value);
        Assert.Equal(ReplayStatus.Added, await AddAsync(store, "d", life: 10));
        Assert.Equal(ReplayStatus.Full, await AddAsync(store, "e", life: 10));
        Assert.Equal(ReplayStatus.Seen, await AddAsync(store, "b", life: 10));
        Assert.Equal(ReplayStatus.Seen, await AddAsync(store, "c", life: 10));
    }

    [Fact]
    public async Task The_quota_of_a_key_counts_what_lives()
    {
        var store = Store(livePerKey: 2);
        await AddAsync(store, "a", "key", 10);
        await AddAsync(store, "b", "key", 20);

        Assert.Equal(ReplayStatus.KeyLimit, await AddAsync(store, "c", "key", 10));
        Assert.Equal(ReplayStatus.Added, await AddAsync(store, "c", "other", 10));
        Assert.Equal(ReplayStatus.Seen, await AddAsync(store, "a", "key", 10));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ReplayStatus.Added, await AddAsync(store, "d", "key", 10));
        Assert.Equal(ReplayStatus.KeyLimit, await AddAsync(store, "e", "key", 10));
    }

    [Fact]
    public async Task What_is_too_old_goes_by_and_by_and_all_of_it()
    {
        var store = Store();
        for (var count = 0; count < 1_000; count++)
            await AddAsync(store, $"old {count}", $"key {count % 7}", life: 1 + (count % 5));

        _time.Advance(TimeSpan.FromMinutes(10));
        await AddAsync(store, "first");
        Assert.InRange(store.Count, 900, 999);
        for (var count = 0; count < 20; count++)
            await AddAsync(store, $"next {count}");

        Assert.Equal(21, store.Count);
    }

    [Fact]
    public async Task What_could_have_been_accepted_before_the_store_was_born_needs_its_nonce()
    {
        var store = Store();
        var born = store.Current.BornAt;
        async Task<ReplayStatus> Add(string id, DateTimeOffset earliest, ReplayEpoch? nonce = null) =>
            (await store.AddAsync(Entry(id, 10) with { EarliestUse = earliest, NonceEpoch = nonce }, TestContext.Current.CancellationToken)).Status;

        Assert.Equal(ReplayStatus.NonceNeeded, await Add("a", born));
        Assert.Equal(ReplayStatus.NonceNeeded, await Add("a", born, ReplayEpoch.Begin(born)));
        Assert.Equal(0, store.Count);
        Assert.Equal(ReplayStatus.Added, await Add("a", born, store.Current));
        Assert.Equal(ReplayStatus.Added, await Add("b", born.AddMilliseconds(1)));
        Assert.True(await store.RefreshAsync(TestContext.Current.CancellationToken));
    }

    private MemoryReplayStore Store(int capacity = 10_000, int livePerKey = 0) => new(_time, capacity, livePerKey);

    private async Task<ReplayStatus> AddAsync(MemoryReplayStore store, string id, string key = "key", int life = 60) =>
        (await store.AddAsync(Entry(id, life, key), TestContext.Current.CancellationToken)).Status;

    private ReplayEntry Entry(string id, int life, string key = "key") => new(
        ReplayId.For(key, id), key, _time.GetUtcNow().AddDays(1), _time.GetUtcNow().AddSeconds(life), TimeSpan.FromSeconds(life), null);
}
