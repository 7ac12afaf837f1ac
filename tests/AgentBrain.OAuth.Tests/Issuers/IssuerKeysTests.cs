using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class IssuerKeysTests : IDisposable
{
    private static readonly Signer First = Signer.Ec("first");
    private static readonly Signer Second = Signer.Ec("second");
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIssuer _issuer = new(First);
    private readonly IssuerKeys _keys;

    public IssuerKeysTests() => _keys = _issuer.KeysOf(_clock);

    public void Dispose() => _issuer.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_request_fetches_the_keys_and_the_next_ones_find_them_at_once()
    {
        Assert.Equal(0, _keys.Version);
        Assert.False(_keys.IsUsable);

        var first = await FindAsync("first");
        var next = _keys.FindAsync("first", "ES256", Cancellation);

        Assert.True(next.IsCompletedSuccessfully);
        Assert.NotNull(first.Key);
        Assert.Same(first.Key, (await next).Key);
        Assert.Equal(1, _issuer.Fetches);
        Assert.Equal(1, _keys.Version);
    }

    [Fact]
    public async Task An_issuer_that_takes_all_its_keys_away_has_none_from_then_on()
    {
        await FindAsync("first");
        var version = _keys.Version;
        _issuer.Keys = [];
        _clock.Advance(IssuerKeys.RefreshInterval);
        await _keys.RefreshAsync(Cancellation);

        Assert.True(_keys.Version > version);
        Assert.False(_keys.IsUsable);
        Assert.Equal(Reasons.UnknownKey, (await FindAsync("first")).Reason);
    }

    [Fact]
    public async Task A_key_that_another_took_the_place_of_is_gone()
    {
        _issuer.Keys = [First, Second];
        await FindAsync("first");
        var version = _keys.Version;
        _issuer.Keys = [First, First];
        _clock.Advance(IssuerKeys.RefreshInterval);
        await _keys.RefreshAsync(Cancellation);

        Assert.True(_keys.Version > version);
    }

    [Fact]
    public async Task Readiness_fetches_the_keys_before_the_first_request()
    {
        Assert.True(await _keys.WarmAsync(Cancellation));
        Assert.True(await _keys.WarmAsync(Cancellation));
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task Many_first_requests_share_one_fetch_and_none_can_end_it_for_the_others()
    {
        _issuer.Gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var leaver = _keys.FindAsync("first", "ES256", impatient.Token).AsTask();
        var others = Enumerable.Range(0, 100).Select(_ => FindAsync("first")).ToList();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        _issuer.Gate.SetResult();

        Assert.All(await Task.WhenAll(others), lookup => Assert.NotNull(lookup.Key));
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task A_flood_of_invented_key_ids_causes_one_fetch_every_thirty_seconds()
    {
        await _keys.WarmAsync(Cancellation);

        for (var second = 0; second < 90; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                var find = _keys.FindAsync($"junk-{second}-{i}", "ES256", Cancellation);
                Assert.True(i == 0 || find.IsCompletedSuccessfully);
                Assert.Equal(Reasons.UnknownKey, (await find).Reason);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1 + 3, _issuer.Fetches);
    }

    [Fact]
    public async Task A_flood_at_once_shares_its_one_fetch()
    {
        await _keys.WarmAsync(Cancellation);
        _issuer.Gate = new TaskCompletionSource();
        var floods = Enumerable.Range(0, 1_000).Select(i => FindAsync($"junk-{i}")).ToList();
        _issuer.Gate.SetResult();

        Assert.All(await Task.WhenAll(floods), lookup => Assert.Equal(Reasons.UnknownKey, lookup.Reason));
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task A_known_key_with_an_algorithm_that_is_not_its_own_causes_no_fetch()
    {
        await _keys.WarmAsync(Cancellation);

        foreach (var alg in new[] { "ES384", "RS256", "HS256", "none" })
            Assert.Equal(Reasons.UnknownKey, (await FindAsync("first", alg)).Reason);

        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task A_rotation_under_load_fails_no_valid_token()
    {
        await _keys.WarmAsync(Cancellation);
        var rotated = new TaskCompletionSource();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                Assert.NotNull((await FindAsync("first")).Key);
                if (rotated.Task.IsCompleted)
                    Assert.NotNull((await FindAsync("second")).Key);
                else
                    await Task.Yield();
            }

            await rotated.Task;
            Assert.NotNull((await FindAsync("second")).Key);
        })).ToList();

        _issuer.Keys = [First, Second];
        rotated.SetResult();
        await Task.WhenAll(load);

        Assert.Equal(2, _issuer.Fetches);
        Assert.Equal(2, _keys.Version);
    }

    [Fact]
    public async Task A_key_that_was_published_while_old_ones_were_under_way_is_fetched_after_them()
    {
        await _keys.WarmAsync(Cancellation);
        _clock.Advance(IssuerKeys.RefreshInterval);
        var answers = new Queue<string>([Signer.Jwks(First), Signer.Jwks(First, Second)]);
        _issuer.Answers[FakeIssuer.JwksPath] = () => FakeIssuer.Json(answers.Dequeue());
        _issuer.Gate = new TaskCompletionSource();

        await FindAsync("first");
        var find = FindAsync("second");
        _issuer.Gate.SetResult();

        Assert.NotNull((await find).Key);
    }

    [Fact]
    public async Task A_key_that_stays_stays_the_same_object_and_an_unchanged_set_keeps_its_version()
    {
        var before = (await FindAsync("first")).Key;
        await RefetchAsync();
        Assert.Equal(1, _keys.Version);
        _issuer.Keys = [Second, First];
        await RefetchAsync();

        Assert.Same(before, (await FindAsync("first")).Key);
        Assert.Equal(2, _keys.Version);
    }

    [Fact]
    public async Task A_key_that_is_no_longer_published_is_gone_at_once_and_the_version_tells()
    {
        _issuer.Keys = [First, Second];
        await _keys.WarmAsync(Cancellation);
        _issuer.Keys = [Second];
        await RefetchAsync();

        Assert.Equal(2, _keys.Version);
        Assert.Equal(Reasons.UnknownKey, (await FindAsync("first")).Reason);
        Assert.NotNull((await FindAsync("second")).Key);
    }

    [Fact]
    public async Task A_key_that_is_another_under_the_same_id_is_another_object_and_version()
    {
        var before = (await FindAsync("first")).Key;
        _issuer.Keys = [Signer.Ec("first")];
        await RefetchAsync();

        Assert.NotSame(before, (await FindAsync("first")).Key);
        Assert.Equal(2, _keys.Version);
    }

    [Fact]
    public async Task Old_keys_are_fetched_again_while_nobody_waits()
    {
        await _keys.WarmAsync(Cancellation);
        _clock.Advance(IssuerKeys.RefreshInterval);
        _issuer.Gate = new TaskCompletionSource();

        Assert.True(FindAsync("first").IsCompletedSuccessfully);
        Assert.True(FindAsync("first").IsCompletedSuccessfully);
        _issuer.Gate.SetResult();
        await _keys.RefreshAsync(Cancellation);

        Assert.Equal(2, _issuer.Fetches);
        await _keys.RefreshAsync(Cancellation);
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task A_token_without_a_key_id_needs_a_key_that_is_the_only_one_to_fit()
    {
        _issuer.Keys = [First, Signer.Ec("p384", "ES384")];
        Assert.NotNull((await FindAsync(null)).Key);
        Assert.NotNull((await FindAsync(null, "ES384")).Key);

        _issuer.Keys = [First, Second];
        await RefetchAsync();
        var fetches = _issuer.Fetches;

        Assert.Equal(Reasons.UnknownKey, (await FindAsync(null)).Reason);
        Assert.Equal(fetches, _issuer.Fetches);
    }

    private async Task RefetchAsync()
    {
        _clock.Advance(IssuerKeys.RefreshInterval);
        await _keys.RefreshAsync(Cancellation);
    }

    private Task<KeyLookup> FindAsync(string? kid, string alg = "ES256") => _keys.FindAsync(kid, alg, Cancellation).AsTask();
}
