using Microsoft.Extensions.Logging;

namespace AgentBrain.OAuth.Issuers;

/// <summary>
/// The keys of one issuer. A known key is found at once. An unknown one makes the request wait for the keys to be fetched again,
/// together with all others that wait, so a rotation costs a moment and no error; but strangers with invented key ids cause
/// one fetch in a while and no more. When the issuer is down its last keys are good for an hour.
/// </summary>
public sealed partial class IssuerKeys : IKeySource
{
    /// <summary>How long keys are good after they were fetched.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>How old keys get before they are fetched again, without anybody waiting.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(10);

    /// <summary>How often unknown keys make us fetch.</summary>
    public static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromSeconds(30);

    /// <summary>How often we try while there are no keys at all.</summary>
    public static readonly TimeSpan ColdInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly string _issuer;
    private readonly JwksSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile KeySet? _keys;
    private volatile bool _lastFailed;
    private Task? _fetch;
    private long? _lastAttempt;
    private long? _lastUnknown;

    /// <summary>Makes the keys of an issuer; nothing is fetched yet.</summary>
    public IssuerKeys(IssuerSettings settings, IssuerHttp http, TimeProvider time, ILogger<IssuerKeys> logger)
    {
        _issuer = settings.Issuer;
        _source = new JwksSource(settings, http, logger);
        _time = time;
        _logger = logger;
    }

    private enum Why
    {
        NoKeys,
        OldKeys,
        UnknownKey,
    }

    /// <inheritdoc/>
    public long Version => _keys?.Version ?? 0;

    /// <summary>Are there keys to verify with?</summary>
    public bool IsUsable => IsGood(_keys) && !_keys!.Keys.IsEmpty;

    /// <inheritdoc/>
    public ValueTask<KeyLookup> FindAsync(string? kid, string alg, CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (!IsGood(keys))
            return new ValueTask<KeyLookup>(FetchAndFindAsync(keys, kid, alg, cancellationToken));

        if (keys!.Find(kid, alg, out var isKnown) is not { } key)
            return isKnown ? new ValueTask<KeyLookup>(KeyLookup.Unknown) : new ValueTask<KeyLookup>(FetchAndFindAsync(keys, kid, alg, cancellationToken));

        if (Age(keys.Stamp) >= RefreshInterval)
            _ = Fetch(Why.OldKeys);

        return new ValueTask<KeyLookup>(new KeyLookup(key, null));
    }

    /// <summary>Fetches keys if there are none; tells whether there are now. For readiness.</summary>
    public async Task<bool> WarmAsync(CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (!IsGood(keys))
            await WaitAsync(Fetch(Why.NoKeys), cancellationToken);

        return IsUsable;
    }

    /// <summary>Fetches keys if those that there are have become old. For a timer; requests do it too.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (!IsGood(keys) || Age(keys!.Stamp) >= RefreshInterval)
            await WaitAsync(Fetch(IsGood(keys) ? Why.OldKeys : Why.NoKeys), cancellationToken);
    }

    private async Task<KeyLookup> FetchAndFindAsync(KeySet? seen, string? kid, string alg, CancellationToken cancellationToken)
    {
        await WaitAsync(Fetch(IsGood(seen) ? Why.UnknownKey : Why.NoKeys), cancellationToken);

        // What was joined may have begun before the key was published. If it was our own, it is too early for another.
        if (IsGood(seen) && _keys!.Find(kid, alg, out _) is null)
            await WaitAsync(Fetch(Why.UnknownKey), cancellationToken);

        var keys = _keys;
        if (!IsGood(keys))
            return KeyLookup.Unavailable(ColdInterval);

        if (keys!.Find(kid, alg, out var isKnown) is { } key)
            return new KeyLookup(key, null);

        // Whether the key is the issuer's could not be asked; that is no reason to tell an honest client that its token is bad.
        return _lastFailed && !isKnown ? KeyLookup.Unavailable(UnknownKeyInterval) : KeyLookup.Unknown;
    }

    /// <summary>Starts a fetch, or joins the one that is under way. Completed at once when it is too early for another one.</summary>
    /// <param name="why">What for.</param>
    private Task Fetch(Why why)
    {
        lock (_gate)
        {
            if (_fetch is { IsCompleted: false } running)
                return running;

            var (last, interval) = why switch
            {
                Why.UnknownKey => (_lastUnknown, UnknownKeyInterval),
                Why.OldKeys => (_lastAttempt, UnknownKeyInterval),
                _ => (_lastAttempt, ColdInterval),
            };
            if (last is { } stamp && Age(stamp) < interval)
                return Task.CompletedTask;

            _lastAttempt = _time.GetTimestamp();
            if (why == Why.UnknownKey)
                _lastUnknown = _lastAttempt;

            // Of the request that happens to come first nothing may live on in what all wait for.
            using (ExecutionContext.SuppressFlow())
                return _fetch = Task.Run(FetchAsync, CancellationToken.None);
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            var found = await _source.FetchAsync();
            var before = _keys;
            var keys = KeySet.Follow(before, found, _time.GetTimestamp());
            _lastFailed = false;
            _keys = keys;
            if (keys.Keys.IsEmpty)
                LogNone(_issuer);
            else if (keys.Version != before?.Version)
                LogChanged(_issuer, keys.Keys.Length, keys.Version);
            else
                LogFetched(_issuer, keys.Keys.Length);
        }
        catch (IssuerHttpException failed)
        {
            _lastFailed = true;
            LogFailed(_issuer, failed.Message);
        }
        catch (Exception unexpected)
        {
            _lastFailed = true;
            LogBroken(unexpected, _issuer);
        }
    }

    private async Task WaitAsync(Task fetch, CancellationToken cancellationToken)
    {
        try
        {
            await fetch.WaitAsync(Patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The fetch goes on; the keys that there are decide.
        }
    }

    private bool IsGood(KeySet? keys) => keys is not null && Age(keys.Stamp) < Lifetime;

    private TimeSpan Age(long stamp) => _time.GetElapsedTime(stamp);

    [LoggerMessage(LogLevel.Information, "The keys of {Issuer} are new: {Count}, version {Version}.")]
    private partial void LogChanged(string issuer, int count, long version);

    [LoggerMessage(LogLevel.Warning, "{Issuer} publishes no key that could verify a token; all its tokens are refused.")]
    private partial void LogNone(string issuer);

    [LoggerMessage(LogLevel.Debug, "The keys of {Issuer} are the same: {Count}.")]
    private partial void LogFetched(string issuer, int count);

    [LoggerMessage(LogLevel.Warning, "The keys of {Issuer} could not be fetched from {Problem}.")]
    private partial void LogFailed(string issuer, string problem);

    [LoggerMessage(LogLevel.Error, "The keys of {Issuer} could not be fetched.")]
    private partial void LogBroken(Exception exception, string issuer);
}
