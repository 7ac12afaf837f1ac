using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Introspection;

public sealed class IntrospectionLimitsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIntrospection _issuer = new();
    private IntrospectionClient _client;

    public IntrospectionLimitsTests() => _client = _issuer.Client(_clock);

    public void Dispose() => _issuer.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_who_bring_one_token_share_one_question_and_none_can_end_it_for_the_others()
    {
        _issuer.Gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var leaver = _client.AskAsync(Claims.Resource, "token", "a", impatient.Token).AsTask();
        var others = Enumerable.Range(0, 200).Select(_ => AskAsync("token")).ToList();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        _issuer.Gate.SetResult();

        Assert.All(await Task.WhenAll(others), outcome => Assert.NotNull(outcome.Token));
        Assert.Single(_issuer.Questions);
    }

    [Fact]
    public async Task However_close_together_they_come_a_token_is_asked_about_once()
    {
        const int Tokens = 10_000;
        _client = _issuer.Client(_clock, capacity: 2 * Tokens);
        for (var i = 0; i < Tokens; i++)
        {
            var asks = Enumerable.Range(0, 3).Select(_ => Task.Run(() => AskAsync($"token-{i}"), Cancellation));
            Assert.All(await Task.WhenAll(asks), outcome => Assert.NotNull(outcome.Token));
        }

        Assert.Equal(Tokens, _issuer.Questions.Count);
    }

    [Fact]
    public async Task At_most_twenty_questions_are_under_way()
    {
        _issuer.Gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, IntrospectionClient.MaxInFlight).Select(i => AskAsync($"token-{i}")).ToList();
        var busy = await AskAsync("one more");
        Assert.Equal((Reasons.IntrospectionBusy, TimeSpan.FromSeconds(1)), (busy.Reason, busy.RetryAfter));

        var joined = AskAsync("token-0");
        _issuer.Gate.SetResult();
        Assert.All(await Task.WhenAll(asked.Append(joined)), outcome => Assert.NotNull(outcome.Token));

        Assert.NotNull((await AskAsync("one more")).Token);
        Assert.Equal(IntrospectionClient.MaxInFlight + 1, _issuer.Questions.Count);
    }

    [Fact]
    public async Task An_address_has_a_rate_of_questions_and_answers_that_are_remembered_do_not_count()
    {
        _client = _issuer.Client(_clock, buckets: new TokenBuckets(_clock, burst: 2, TimeSpan.FromSeconds(1), capacity: 10));
        for (var i = 0; i < 10; i++)
            Assert.NotNull((await AskAsync("known")).Token);

        Assert.NotNull((await AskAsync("second")).Token);
        var refused = await AskAsync("third");
        Assert.Equal((Reasons.IntrospectionRate, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));
        Assert.NotNull((await AskAsync("third", address: "b")).Token);
        Assert.Equal(3, _issuer.Questions.Count);

        Assert.Equal(Reasons.IntrospectionRate, (await AskAsync("fourth")).Reason);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await AskAsync("fourth")).Token);
    }

    private Task<TokenOutcome> AskAsync(string token, string address = "a") => _client.AskAsync(Claims.Resource, token, address, Cancellation).AsTask();
}
