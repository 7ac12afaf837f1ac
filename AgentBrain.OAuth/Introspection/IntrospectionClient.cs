using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tokens;
using Microsoft.Extensions.Logging;

namespace AgentBrain.OAuth.Introspection;

/// <summary>
/// Asks an issuer about its tokens (RFC 7662), and remembers the answers for a short while. The issuer is shielded from strangers
/// who invent tokens: one question a token at a time, few at once, and a rate for each address. Nothing is ever believed for
/// longer because the issuer cannot be asked.
/// </summary>
public sealed partial class IntrospectionClient
{
    /// <summary>Most questions that are under way.</summary>
    public const int MaxInFlight = 20;

    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxPositive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxNegative = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<TokenKey, Task<TokenOutcome>> _inFlight = [];
    private readonly IssuerSettings _issuer;
    private readonly IntrospectionSettings _settings;
    private readonly AuthenticationHeaderValue _credentials;
    private readonly AccessTokenRules _rules;
    private readonly IssuerHttp _http;
    private readonly TokenBuckets _buckets;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long? _toldAt;

    // Two, so that a flood of inactive tokens does not wash the active ones out.
    private readonly RecentResults<AccessToken> _active;
    private readonly RecentResults<Refusal> _inactive;

    /// <summary>Makes a client for one issuer.</summary>
    /// <param name="issuer">The issuer; it must have introspection settings.</param>
    /// <param name="http">The channel.</param>
    /// <param name="buckets">The rate of questions for each address prefix.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are told, without tokens and secrets.</param>
    /// <param name="capacity">Most active tokens that are remembered, and as many inactive ones.</param>
    /// <exception cref="ArgumentException">The issuer has no introspection settings.</exception>
    public IntrospectionClient(
        IssuerSettings issuer, IssuerHttp http, TokenBuckets buckets, TimeProvider time, ILogger<IntrospectionClient> logger, int capacity = 10_000)
    {
        _issuer = issuer;
        _settings = issuer.Introspection ?? throw new ArgumentException("The issuer has no introspection settings.", nameof(issuer));
        _credentials = Credentials(_settings);
        _rules = new AccessTokenRules(issuer, time);
        _http = http;
        _buckets = buckets;
        _logger = logger;
        _active = new RecentResults<AccessToken>(time, capacity);
        _inactive = new RecentResults<Refusal>(time, capacity);
        _time = time;
    }

    /// <summary>Finds out about a token.</summary>
    /// <param name="resource">The URI of the resource that it came to; an answer for one says nothing at another.</param>
    /// <param name="token">The token.</param>
    /// <param name="addressPrefix">Whose rate a question counts against.</param>
    /// <param name="cancellationToken">Ends this caller's waiting, not the question that others wait for.</param>
    /// <returns>The token, or a refusal: of the token; of this address (<see cref="Reasons.IntrospectionRate"/>); or because it cannot be found out now.</returns>
    public ValueTask<TokenOutcome> AskAsync(string resource, string token, string addressPrefix, CancellationToken cancellationToken)
    {
        var key = TokenKey.Of(resource, token);
        return Recall(key, out var known) ? new ValueTask<TokenOutcome>(known) : new ValueTask<TokenOutcome>(Join(key, token, addressPrefix).WaitAsync(cancellationToken));
    }

    private bool Recall(TokenKey key, out TokenOutcome outcome)
    {
        if (_active.TryGet(0, key, out var token))
        {
            outcome = _rules.IsExpired(token) ? TokenOutcome.Refuse(Reasons.TokenExpired) : token;
            return true;
        }

        var isInactive = _inactive.TryGet(0, key, out var refusal);
        outcome = isInactive ? TokenOutcome.Refuse(refusal!.Reason, refusal.Detail) : default;
        return isInactive;
    }

    private Task<TokenOutcome> Join(TokenKey key, string token, string addressPrefix)
    {
        lock (_gate)
        {
            // The answer may have come since the first look.
            if (Recall(key, out var known))
                return Task.FromResult(known);

            if (_inFlight.TryGetValue(key, out var running))
                return running;

            if (_inFlight.Count >= MaxInFlight)
                return Task.FromResult(TokenOutcome.Refuse(Reasons.IntrospectionBusy, retryAfter: Later));

            if (!_buckets.TryTake(addressPrefix, out var retryAfter))
                return Task.FromResult(TokenOutcome.Refuse(Reasons.IntrospectionRate, retryAfter: retryAfter));

            using (ExecutionContext.SuppressFlow())
                return _inFlight[key] = Task.Run(() => AskAndRememberAsync(key, token), CancellationToken.None);
        }
    }

    private async Task<TokenOutcome> AskAndRememberAsync(TokenKey key, string token)
    {
        var outcome = await AskAsync(token);
        lock (_gate)
        {
            Remember(key, outcome);
            _inFlight.Remove(key);
        }

        return outcome;
    }

    private void Remember(TokenKey key, TokenOutcome outcome)
    {
        if (outcome.Token is { } token)
        {
            _active.Add(0, key, token, Least(Least(_settings.PositiveLifetime, MaxPositive), token.ExpiresAt - _time.GetUtcNow()));
        }
        else if (outcome.Reason != Reasons.IntrospectionUnavailable)
        {
            _inactive.Add(0, key, new Refusal(outcome.Reason!, outcome.Detail), Least(_settings.NegativeLifetime, MaxNegative));
        }
    }

    private async Task<TokenOutcome> AskAsync(string token)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _settings.Endpoint);
            request.Headers.Authorization = _credentials;
            request.Content = new FormUrlEncodedContent([new("token", token), new("token_type_hint", "access_token")]);
            return Judge(await _http.SendAsync(request, MaxBytes, Timeout));
        }
        catch (IssuerHttpException failed)
        {
            TellFailed(failed.Message);
        }
        catch (Exception unexpected)
        {
            LogBroken(_issuer.Issuer, unexpected.GetType().Name);
        }

        return TokenOutcome.Refuse(Reasons.IntrospectionUnavailable, retryAfter: Later);
    }

    /// <summary>RFC 7662 §2.2. Only the two words of JSON are an answer; what merely looks like one is none.</summary>
    private TokenOutcome Judge(JsonElement response)
    {
        switch (response.TryGetProperty("active", out var active) ? active.ValueKind : JsonValueKind.Undefined)
        {
            case JsonValueKind.True:
                return _rules.JudgeIntrospection(response);
            case JsonValueKind.False:
                return TokenOutcome.Refuse(Reasons.TokenInactive);
            default:
                TellFailed("the response does not say whether the token is active");
                return TokenOutcome.Refuse(Reasons.IntrospectionUnavailable, retryAfter: Later);
        }
    }

    /// <summary>Once in a while: who has tokens of his own making must not fill the log while the issuer is away.</summary>
    private void TellFailed(string problem)
    {
        lock (_gate)
        {
            if (_toldAt is { } stamp && _time.GetElapsedTime(stamp) < TellInterval)
                return;

            _toldAt = _time.GetTimestamp();
        }

        LogFailed(_issuer.Issuer, problem);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>RFC 6749 §2.3.1: both are encoded as in a form before they are joined, so that a colon in the id stays in the id.</summary>
    private static AuthenticationHeaderValue Credentials(IntrospectionSettings settings) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(settings.ClientId)}:{WebUtility.UrlEncode(settings.ClientSecret)}")));

    [LoggerMessage(LogLevel.Warning, "{Issuer} could not be asked about a token, {Problem}.")]
    private partial void LogFailed(string issuer, string problem);

    [LoggerMessage(LogLevel.Error, "{Issuer} could not be asked about a token: {Exception}.")]
    private partial void LogBroken(string issuer, string exception);

    private sealed record Refusal(string Reason, string? Detail);
}
