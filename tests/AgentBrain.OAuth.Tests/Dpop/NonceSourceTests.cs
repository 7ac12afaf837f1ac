using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>RFC 9449 §8 and §9: nonces of the server.</summary>
public sealed class NonceSourceTests
{
    private const string Resource = "https://brain.example/mcp";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly EpochOnly _store = new();
    private readonly NonceSource _nonces;

    public NonceSourceTests()
    {
        _store.Current = ReplayEpoch.Begin(_time.GetUtcNow());
        _nonces = new NonceSource(_store, _time);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, true)]
    [InlineData(179, true)]
    [InlineData(180, false)]
    [InlineData(86_400, false)]
    [InlineData(-1, false)]
    public void A_nonce_is_right_in_its_own_minute_and_two_more(int seconds, bool right)
    {
        var nonce = _nonces.Issue(Resource)!;
        var other = new NonceSource(_store, new FakeTimeProvider(_time.GetUtcNow().AddSeconds(seconds)));

        Assert.Equal(right, other.Verify(nonce, Resource) is not null);
    }

    [Fact]
    public void A_nonce_is_the_same_for_a_minute_and_then_another()
    {
        var first = _nonces.Issue(Resource);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(first, _nonces.Issue(Resource));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first, _nonces.Issue(Resource));
    }

    [Fact]
    public void A_nonce_has_only_characters_that_a_header_and_a_JSON_text_take_as_they_are() => Assert.Matches("^[A-Za-z0-9_-]{22}$", _nonces.Issue(Resource));

    [Fact]
    public void A_nonce_for_another_resource_or_another_purpose_is_none()
    {
        Assert.Null(_nonces.Verify(_nonces.Issue("https://brain.example/brains/x/mcp")!, Resource));
        Assert.Null(_nonces.Verify(new NonceSource(_store, _time, "dpop-nonce/token-endpoint").Issue(Resource)!, Resource));
    }

    [Fact]
    public void Purpose_and_resource_do_not_run_into_each_other() =>
        Assert.Null(new NonceSource(_store, _time, "ab").Verify(new NonceSource(_store, _time, "a").Issue("bc")!, "c"));

    [Fact]
    public void Servers_that_share_a_store_take_each_others_nonces() =>
        Assert.NotNull(new NonceSource(_store, _time).Verify(_nonces.Issue(Resource)!, Resource));

    [Fact]
    public void After_the_store_was_born_anew_all_nonces_from_before_are_void()
    {
        var nonce = _nonces.Issue(Resource)!;
        _store.Current = ReplayEpoch.Begin(_time.GetUtcNow());

        Assert.Null(_nonces.Verify(nonce, Resource));
        Assert.Same(_store.Current, _nonces.Verify(_nonces.Issue(Resource)!, Resource));
    }

    [Fact]
    public void Without_an_epoch_there_are_no_nonces_and_none_is_right()
    {
        var nonce = _nonces.Issue(Resource)!;
        _store.Current = null;

        Assert.Null(_nonces.Issue(Resource));
        Assert.Null(_nonces.Verify(nonce, Resource));
    }

    [Fact]
    public void What_is_no_nonce_is_none()
    {
        var nonce = _nonces.Issue(Resource)!;
        foreach (var other in new[] { "", "x", nonce + "A", nonce[..^1], nonce.ToUpperInvariant(), nonce + "=", new string('A', 22), new string('!', 22) })
            Assert.Null(_nonces.Verify(other, Resource));
    }

    private sealed class EpochOnly : IReplayStore
    {
        public ReplayEpoch? Current { get; set; }

        public ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> RefreshAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
