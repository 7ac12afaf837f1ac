using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Introspection;

public sealed class IntrospectionMemoryTests : IDisposable
{
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIntrospection _issuer = new();
    private IntrospectionClient _client;

    public IntrospectionMemoryTests() => _client = _issuer.Client(_clock);

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task An_active_token_is_believed_for_thirty_seconds()
    {
        await AskAsync();
        _clock.Advance(TimeSpan.FromSeconds(29));
        await AskAsync();
        Assert.Single(_issuer.Questions);

        _issuer.Answer = () => FakeIntrospection.Text("{\"active\":false}");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Reasons.TokenInactive, (await AskAsync()).Reason);
    }

    [Fact]
    public async Task An_inactive_token_is_disbelieved_for_five_seconds()
    {
        _issuer.Answer = () => FakeIntrospection.Text("{\"active\":false}");
        await AskAsync();
        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.Active());

        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(Reasons.TokenInactive, (await AskAsync()).Reason);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.NotNull((await AskAsync()).Token);
    }

    [Fact]
    public async Task No_setting_makes_an_answer_good_for_longer()
    {
        var settings = FakeIntrospection.Settings.Introspection! with { PositiveLifetime = TimeSpan.FromHours(1), NegativeLifetime = TimeSpan.FromHours(1) };
        _client = _issuer.Client(_clock, FakeIntrospection.Settings with { Introspection = settings });

        await AskAsync();
        _clock.Advance(TimeSpan.FromSeconds(30));
        _issuer.Answer = () => FakeIntrospection.Text("{\"active\":false}");
        await AskAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await AskAsync();

        Assert.Equal(3, _issuer.Questions.Count);
    }

    [Fact]
    public async Task An_active_token_is_not_believed_beyond_its_end()
    {
        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.With("exp", Claims.Now.AddSeconds(10).ToUnixTimeSeconds()));
        await AskAsync();
        _clock.Advance(TimeSpan.FromSeconds(9));
        await AskAsync();
        Assert.Single(_issuer.Questions);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync();
        Assert.Equal(2, _issuer.Questions.Count);
    }

    [Fact]
    public async Task A_setting_may_make_answers_good_for_less()
    {
        var settings = FakeIntrospection.Settings.Introspection! with { PositiveLifetime = TimeSpan.FromSeconds(2), NegativeLifetime = TimeSpan.Zero };
        _client = _issuer.Client(_clock, FakeIntrospection.Settings with { Introspection = settings });

        await AskAsync();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _issuer.Answer = () => FakeIntrospection.Text("{\"active\":false}");
        await AskAsync();
        await AskAsync();

        Assert.Equal(3, _issuer.Questions.Count);
    }

    [Fact]
    public async Task A_clock_that_is_put_beyond_a_tokens_end_ends_it()
    {
        var clock = new SettableClock { Now = Claims.Now };
        _client = _issuer.Client(clock);
        Assert.NotNull((await AskAsync()).Token);
        clock.Now = Claims.Now.AddHours(1);

        Assert.Equal(Reasons.TokenExpired, (await AskAsync()).Reason);
        Assert.Single(_issuer.Questions);
    }

    [Fact]
    public async Task An_answer_for_one_resource_says_nothing_at_another()
    {
        await AskAsync(resource: "https://brain.example/a");
        await AskAsync(resource: "https://brain.example/b");

        Assert.Equal(2, _issuer.Questions.Count);
    }

    [Fact]
    public async Task When_the_issuer_cannot_be_asked_nothing_old_is_believed()
    {
        await AskAsync();
        _issuer.Answer = () => throw new HttpRequestException("down");
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull((await AskAsync()).Token);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Reasons.IntrospectionUnavailable, (await AskAsync()).Reason);
    }

    [Fact]
    public async Task A_flood_of_inactive_tokens_does_not_wash_out_an_active_one()
    {
        await AskAsync("good");
        _issuer.Answer = () => FakeIntrospection.Text("{\"active\":false}");
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(Reasons.TokenInactive, (await AskAsync($"junk-{i}")).Reason);

        Assert.NotNull((await AskAsync("good")).Token);
    }

    private Task<TokenOutcome> AskAsync(string token = "token", string resource = Claims.Resource) =>
        _client.AskAsync(resource, token, "192.0.2.0/24", TestContext.Current.CancellationToken).AsTask();

    /// <summary>A clock that somebody sets, so that no time passes.</summary>
    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 1;
    }
}
