using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Introspection;
using AgentBrain.OAuth.Tests.Tokens;
using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Introspection;

public sealed class IntrospectionClientTests : IDisposable
{
    private const string Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    private readonly FakeTimeProvider _clock = Claims.Clock();
    private readonly FakeIntrospection _issuer = new();
    private readonly IntrospectionClient _client;

    public IntrospectionClientTests() => _client = _issuer.Client(_clock);

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task A_question_is_a_form_with_our_credentials_beside_it()
    {
        await AskAsync("the token/+=");

        var (body, request) = Assert.Single(_issuer.Questions);
        Assert.Equal("token=the+token%2F%2B%3D&token_type_hint=access_token", body);
        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal("https://issuer.example/introspect", request.RequestUri!.ToString());
        Assert.Equal("application/json", request.Headers.Accept.ToString());
        Assert.Equal("Basic", request.Headers.Authorization!.Scheme);
        Assert.Equal("brain%3A1:s3cret%2B%2F+%25", Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.Parameter!)));
    }

    [Fact]
    public async Task An_active_token_is_what_the_issuer_says()
    {
        var token = (await AskAsync()).Token!;

        Assert.Equal((Claims.Issuer, "alice", "editor"), (token.Issuer, token.Subject, token.ClientId));
        Assert.Equal([Claims.Resource], token.Audiences);
        Assert.Equal(ScopeSet.Read, token.Scopes);
    }

    [Theory]
    [InlineData("{\"active\":false}", Reasons.TokenInactive)]
    [InlineData("{\"active\":false,\"sub\":\"alice\"}", Reasons.TokenInactive)]
    [InlineData("{\"active\":\"true\"}", Reasons.IntrospectionUnavailable)]
    [InlineData("{\"active\":1}", Reasons.IntrospectionUnavailable)]
    [InlineData("{\"active\":null}", Reasons.IntrospectionUnavailable)]
    [InlineData("{}", Reasons.IntrospectionUnavailable)]
    [InlineData("[]", Reasons.IntrospectionUnavailable)]
    [InlineData("{\"active\":false,\"active\":true}", Reasons.IntrospectionUnavailable)]
    [InlineData("{\"active\":true", Reasons.IntrospectionUnavailable)]
    [InlineData("", Reasons.IntrospectionUnavailable)]
    [InlineData("{\"active\":true}", Reasons.TokenClaims)]
    public async Task Only_the_word_true_means_active_and_only_the_word_false_inactive(string json, string reason)
    {
        _issuer.Answer = () => FakeIntrospection.Text(json);

        Assert.Equal(reason, (await AskAsync()).Reason);
    }

    [Theory]
    [InlineData("iss", "\"https://other.example\"", Reasons.UnknownIssuer)]
    [InlineData("iss", "null", Reasons.UnknownIssuer)]
    [InlineData("aud", "[]", Reasons.WrongAudience)]
    [InlineData("sub", "null", Reasons.TokenClaims)]
    [InlineData("exp", "1800000000", Reasons.TokenLifetime)]
    [InlineData("exp", "1799990000", Reasons.TokenExpired)]
    [InlineData("nbf", "1800000100", Reasons.TokenNotYetValid)]
    [InlineData("cnf", "{\"x5t#S256\":\"" + Thumbprint + "\"}", Reasons.TokenConfirmation)]
    [InlineData("token_type", "\"DPoP\"", Reasons.TokenConfirmation)]
    [InlineData("token_type", "1", Reasons.TokenConfirmation)]
    [InlineData("token_type", "\"Bearer\"", null)]
    [InlineData("typ", "\"ID\"", null)]
    public async Task What_the_issuer_says_is_judged_like_the_claims_of_a_signed_token(string name, string json, string? reason)
    {
        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.With(name, JsonNode.Parse(json)));

        Assert.Equal(reason, (await AskAsync()).Reason);
    }

    [Fact]
    public async Task The_issuer_need_not_say_its_own_name()
    {
        var claims = FakeIntrospection.Active();
        claims.Remove("iss");
        _issuer.Answer = () => FakeIntrospection.Json(claims);

        Assert.Equal(Claims.Issuer, (await AskAsync()).Token?.Issuer);
    }

    [Theory]
    [InlineData("DPoP", null)]
    [InlineData("dpop", null)]
    [InlineData("Bearer", Reasons.TokenConfirmation)]
    [InlineData(null, null)]
    public async Task A_bound_token_tells_its_key_and_is_called_so(string? type, string? reason)
    {
        var claims = FakeIntrospection.With("cnf", new JsonObject { ["jkt"] = Thumbprint });
        if (type is not null)
            claims["token_type"] = type;

        _issuer.Answer = () => FakeIntrospection.Json(claims);
        var outcome = await AskAsync();

        Assert.Equal(reason, outcome.Reason);
        Assert.Equal(reason is null ? Thumbprint : null, outcome.Token?.KeyThumbprint);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.Created)]
    public async Task Any_other_status_is_no_answer_and_is_not_remembered(HttpStatusCode status)
    {
        _issuer.Answer = () => new HttpResponseMessage(status) { Content = new StringContent("{\"active\":true}") };
        var outcome = await AskAsync();
        Assert.Equal((Reasons.IntrospectionUnavailable, TimeSpan.FromSeconds(1)), (outcome.Reason, outcome.RetryAfter));

        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.Active());
        Assert.NotNull((await AskAsync()).Token);
    }

    [Fact]
    public async Task An_exception_is_no_answer_and_leaves_nothing_behind()
    {
        _issuer.Answer = () => throw new HttpRequestException("Connection refused");
        Assert.Equal(Reasons.IntrospectionUnavailable, (await AskAsync()).Reason);
        _issuer.Answer = () => throw new InvalidCastException();
        Assert.Equal(Reasons.IntrospectionUnavailable, (await AskAsync()).Reason);

        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.Active());
        Assert.NotNull((await AskAsync()).Token);
    }

    [Fact]
    public async Task A_response_is_at_most_64_KiB()
    {
        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.With("x", new string('x', 60_000)));
        Assert.NotNull((await AskAsync()).Token);

        _issuer.Answer = () => FakeIntrospection.Json(FakeIntrospection.With("x", new string('x', 64 * 1024)));
        Assert.Equal(Reasons.IntrospectionUnavailable, (await AskAsync("other")).Reason);
    }

    [Fact]
    public async Task An_answer_is_waited_for_two_seconds()
    {
        _issuer.Gate = new TaskCompletionSource();
        var ask = AskAsync();
        await Eventually.TrueAsync(() => !_issuer.Questions.IsEmpty);

        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(ask.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(Reasons.IntrospectionUnavailable, (await ask).Reason);
    }

    [Fact]
    public void Settings_without_an_endpoint_make_no_client() => Assert.Throws<ArgumentException>(() => _issuer.Client(_clock, Claims.Settings));

    private Task<TokenOutcome> AskAsync(string token = "token") => _client.AskAsync(Claims.Resource, token, "192.0.2.0/24", TestContext.Current.CancellationToken).AsTask();
}
