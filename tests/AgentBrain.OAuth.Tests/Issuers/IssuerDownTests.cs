using System.Net;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Issuers;

public sealed class IssuerDownTests : IDisposable
{
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIssuer _issuer = new(Signer.Ec("first"));
    private readonly IssuerKeys _keys;

    public IssuerDownTests() => _keys = _issuer.KeysOf(_clock);

    public void Dispose() => _issuer.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_a_cold_start_it_is_unavailable_and_is_asked_once_a_second()
    {
        _issuer.IsDown = true;
        for (var i = 0; i < 10; i++)
            Assert.Equal((Reasons.IssuerUnavailable, TimeSpan.FromSeconds(1)), Outcome(await FindAsync("first")));

        Assert.False(await _keys.WarmAsync(Cancellation));
        Assert.Single(_issuer.Paths);

        _clock.Advance(IssuerKeys.ColdInterval);
        Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync("first")).Reason);
        Assert.Equal(2, _issuer.Paths.Count());
    }

    [Fact]
    public async Task It_is_used_as_soon_as_it_is_there()
    {
        _issuer.IsDown = true;
        await FindAsync("first");
        _issuer.IsDown = false;
        _clock.Advance(IssuerKeys.ColdInterval);

        Assert.NotNull((await FindAsync("first")).Key);
    }

    [Fact]
    public async Task Its_last_keys_are_good_for_an_hour_and_then_no_more()
    {
        await _keys.WarmAsync(Cancellation);
        _issuer.IsDown = true;

        _clock.Advance(IssuerKeys.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull((await FindAsync("first")).Key);
        await _keys.RefreshAsync(Cancellation);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_keys.IsUsable);
        Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync("first")).Reason);

        _issuer.IsDown = false;
        _clock.Advance(IssuerKeys.ColdInterval);
        Assert.NotNull((await FindAsync("first")).Key);
        Assert.Equal(1, _keys.Version);
    }

    [Fact]
    public async Task Whether_a_new_key_is_its_own_cannot_be_asked_and_is_not_denied()
    {
        await _keys.WarmAsync(Cancellation);
        _issuer.IsDown = true;
        var before = _issuer.Paths.Count();

        for (var i = 0; i < 10; i++)
            Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync($"new-{i}")).Reason);

        Assert.Equal(before + 1, _issuer.Paths.Count());
        Assert.NotNull((await FindAsync("first")).Key);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_given_up_after_five_seconds()
    {
        _issuer.Gate = new TaskCompletionSource();
        var find = FindAsync("first");
        await RequestsAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(find.IsCompleted);
        await Eventually.TrueAsync(() => find.IsCompleted, () => _clock.Advance(TimeSpan.FromSeconds(0.1)));

        Assert.Equal(Reasons.IssuerUnavailable, (await find).Reason);
        Assert.Single(_issuer.Paths);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_ten_seconds_and_what_comes_later_is_used_all_the_same()
    {
        using var answers = new SemaphoreSlim(0);
        _issuer.Delay = answers.WaitAsync;
        _issuer.Answers.TryRemove("/.well-known/oauth-authorization-server/realm", out _);
        _issuer.Answers["/realm/.well-known/openid-configuration"] = () => FakeIssuer.Json(FakeIssuer.Metadata(Claims.Issuer));
        var find = FindAsync("first");
        foreach (var place in new[] { 1, 2 })
        {
            await RequestsAsync(place);
            _clock.Advance(TimeSpan.FromSeconds(4));
            answers.Release();
        }

        await RequestsAsync(3);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(find.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(Reasons.IssuerUnavailable, (await find).Reason);

        answers.Release(2);
        await Eventually.TrueAsync(() => _keys.IsUsable);
    }

    [Fact]
    public async Task What_is_the_matter_is_logged_and_keys_that_are_not_for_us_only_once()
    {
        var log = new LogLines<IssuerKeys>();
        var keys = _issuer.KeysOf(_clock, log: log);
        _issuer.IsDown = true;
        await keys.WarmAsync(Cancellation);
        _issuer.IsDown = false;
        var encryption = Signer.Rsa("encryption");
        encryption.Jwk["use"] = "enc";
        _issuer.Keys = [.. _issuer.Keys, encryption];
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(IssuerKeys.RefreshInterval);
            await keys.RefreshAsync(Cancellation);
        }

        Assert.Equal(
            [
                "Warning: The keys of https://issuer.example/realm could not be fetched from https://issuer.example/.well-known/oauth-authorization-server/realm: Connection refused.",
                "Information: A key of https://issuer.example/realm is not used, number 1: it is not for signatures.",
                "Information: The keys of https://issuer.example/realm are new: 1, version 1.",
            ],
            log.All.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_exception_that_nobody_thought_of_is_unavailability_too()
    {
        _issuer.Answers[FakeIssuer.JwksPath] = () => throw new InvalidCastException();

        Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync("first")).Reason);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.PermanentRedirect)]
    public async Task Any_status_but_200_is_no_answer_and_a_redirect_leads_nowhere(HttpStatusCode status)
    {
        _issuer.Answers[FakeIssuer.JwksPath] = () =>
        {
            var response = FakeIssuer.Json(Signer.Jwks(_issuer.Keys));
            response.StatusCode = status;
            response.Headers.Location = new Uri("https://evil.example/jwks");
            return response;
        };

        Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync("first")).Reason);
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task A_redirect_that_the_channel_followed_by_itself_is_no_answer()
    {
        _issuer.Answers[FakeIssuer.JwksPath] = () =>
        {
            var response = FakeIssuer.Json(Signer.Jwks(_issuer.Keys));
            response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, "https://evil.example/jwks");
            return response;
        };

        Assert.Equal(Reasons.IssuerUnavailable, (await FindAsync("first")).Reason);
    }

    private Task RequestsAsync(int count) => Eventually.TrueAsync(() => _issuer.Paths.Count() >= count);

    private static (string?, TimeSpan?) Outcome(KeyLookup lookup) => (lookup.Reason, lookup.RetryAfter);

    private Task<KeyLookup> FindAsync(string? kid) => _keys.FindAsync(kid, "ES256", Cancellation).AsTask();
}
