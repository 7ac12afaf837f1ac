using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// Judges DPoP proofs (RFC 9449 §4.3). <see cref="Check"/> looks at the proof alone and changes nothing; <see cref="ConsumeAsync"/>
/// makes it worthless for whoever comes with it again, and is the last thing to do before a request is granted.
/// </summary>
public sealed class ProofValidator : IDisposable
{
    private const int KeyCacheCapacity = 4096;
    private const int RatedKeys = 16 * 1024;
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    private readonly DpopOptions _options;
    private readonly IReplayStore _store;
    private readonly NonceSource _nonces;
    private readonly TimeProvider _time;
    private readonly FrozenDictionary<string, ProofAlgorithm> _algorithms;
    private readonly TokenBuckets? _rates;

    /// <summary>Makes a validator.</summary>
    /// <param name="options">What is accepted.</param>
    /// <param name="store">Where accepted proofs are remembered; shared by all servers that accept the same tokens.</param>
    /// <param name="nonces">Nonces, made from the same store's epoch.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The options name an algorithm that is not known.</exception>
    public ProofValidator(DpopOptions options, IReplayStore store, NonceSource nonces, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _store = store;
        _nonces = nonces;
        _time = time;
        _algorithms = ProofAlgorithm.Select(options.Algorithms);
        _rates = options.RatePerKey > 0 ? new TokenBuckets(time, 2 * options.RatePerKey, TimeSpan.FromSeconds(1) / options.RatePerKey, RatedKeys) : null;
        Keys = new ProofKeyCache(KeyCacheCapacity);
    }

    internal ProofKeyCache Keys { get; }

    /// <summary>
    /// Judges the proof alone (RFC 9449 §4.3, numbers 1 to 12, cheap ones first, the signature after everything that a stranger could
    /// have made us compute it for). Keeps nothing.
    /// </summary>
    public ProofOutcome Check(ProofRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (ReadHeader(request.Headers, out var refusal) is not { } proof)
            return refusal;

        if (ReadJwk(proof.Header, out refusal) is not { } jwk)
            return refusal;

        if (ProofClaims.Read(proof.Payload) is not { } claims)
            return ProofOutcome.Refuse(Reasons.ProofClaims, "jti, htm, htu or iat is missing, or a claim is not of its type");

        return Mismatch(request, claims, jwk.Thumbprint) ?? CheckSignature(proof, jwk, request, claims);
    }

    /// <summary>
    /// <see cref="Check"/>, and once more after asking the store for its epoch when the nonce was not of the epoch that we knew: another
    /// server may have learned of a new one before us.
    /// </summary>
    public async ValueTask<ProofOutcome> CheckAsync(ProofRequest request, CancellationToken cancellationToken)
    {
        var known = _store.Current;
        var outcome = Check(request);
        if (outcome.Reason is not (Reasons.ProofNonce or Reasons.ReplayStoreUnavailable))
            return outcome;

        await _store.RefreshAsync(cancellationToken);
        return ReferenceEquals(known, _store.Current) ? outcome : Check(request);
    }

    /// <summary>
    /// Spends a proof (RFC 9449 §11.1): within its key's rate, not seen before, and not older than what the store remembers. Does not
    /// throw when the store fails, and then does not grant either.
    /// </summary>
    /// <param name="proof">A proof that <see cref="Check"/> found right.</param>
    /// <param name="resource">For whom a fresh nonce is made where one is needed; the same text as in <see cref="ProofRequest.Resource"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask<ProofOutcome> ConsumeAsync(Proof proof, string resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (_rates is not null && !_rates.TryTake(proof.KeyThumbprint, out var retryAfter))
            return ProofOutcome.Refuse(Reasons.ProofRate, "too many proofs a second of this key", retryAfter);

        var result = await AddAsync(ReplayEntry.For(proof, _options, _time.GetUtcNow()), cancellationToken);
        if (result.Status == ReplayStatus.Added && proof.Key is { } key)
            Keys.Keep(key);

        return result.Status switch
        {
            ReplayStatus.Added => proof,
            ReplayStatus.Seen => ProofOutcome.Refuse(Reasons.ProofReplayed),
            ReplayStatus.NonceNeeded => DemandNonce(resource, "the proof may be older than what the replay store remembers"),
            ReplayStatus.KeyLimit => ProofOutcome.Refuse(Reasons.ProofRate, "too many live proofs of this key", result.RetryAfter ?? SoonAgain),
            ReplayStatus.Full => ProofOutcome.Refuse(Reasons.ReplayStoreFull, result.Detail, result.RetryAfter ?? SoonAgain),
            _ => ProofOutcome.Refuse(Reasons.ReplayStoreUnavailable, result.Detail, result.RetryAfter ?? SoonAgain),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Keys.Dispose();

    /// <summary>Numbers 1 and 2: one header with one well-formed JWT.</summary>
    private static ProofText? ReadHeader(IReadOnlyList<string?> headers, out ProofOutcome refusal)
    {
        refusal = headers.Count switch
        {
            0 => ProofOutcome.Refuse(Reasons.ProofMissing),
            1 => ProofOutcome.Refuse(Reasons.ProofMalformed, "not one JWT in compact form"),
            _ => ProofOutcome.Refuse(Reasons.ProofMalformed, "more than one DPoP header"),
        };
        return headers.Count == 1 && headers[0] is { Length: > 0 } text ? ProofText.Parse(text) : null;
    }

    /// <summary>Numbers 4, 5 and 7: type, algorithm, and a public key that goes with it; and nothing critical that we do not know.</summary>
    private ProofJwk? ReadJwk(JsonElement header, out ProofOutcome refusal)
    {
        refusal = default;
        if (ProofText.ReadString(header, "typ") != "dpop+jwt")
            refusal = ProofOutcome.Refuse(Reasons.ProofType, "typ is not dpop+jwt");
        else if (header.TryGetProperty("crit", out _) || header.TryGetProperty("enc", out _) || header.TryGetProperty("b64", out _))
            refusal = ProofOutcome.Refuse(Reasons.ProofMalformed, "crit, enc or b64 in the header");
        else if (ProofText.ReadString(header, "alg") is not { } name || !_algorithms.TryGetValue(name, out var algorithm))
            refusal = ProofOutcome.Refuse(Reasons.ProofAlgorithm, "alg is not among the algorithms accepted");
        else if (!header.TryGetProperty("jwk", out var json) || ProofJwk.Read(json, algorithm) is not { } jwk)
            refusal = ProofOutcome.Refuse(Reasons.ProofKey, "jwk is not a public key for alg, or out of bounds");
        else
            return jwk;

        return null;
    }

    /// <summary>Numbers 8, 9, 11 and 12: what the proof says against what was requested, when, and with which token.</summary>
    private ProofOutcome? Mismatch(ProofRequest request, ProofClaims claims, string thumbprint)
    {
        if (claims.Method != request.Method)
            return ProofOutcome.Refuse(Reasons.ProofMethod, "htm is not the method");

        if (TargetUri.Normalize(claims.Target) is not { } target || target != TargetUri.Normalize(request.TargetUri))
            return ProofOutcome.Refuse(Reasons.ProofTarget, "htu is not the target URI");

        var age = _time.GetUtcNow() - claims.IssuedAt;
        if (age > _options.MaxAge || -age > _options.MaxAhead)
            return ProofOutcome.Refuse(Reasons.ProofTime, age > TimeSpan.Zero ? "iat is too old" : "iat is in the future");

        if (request.AccessToken is { } token && !IsHashOf(claims.TokenHash, token))
            return ProofOutcome.Refuse(Reasons.ProofTokenHash, "ath is missing, or not the token's");

        if (request.KeyThumbprint is { } expected && !FixedTimeEquals(expected, thumbprint))
            return ProofOutcome.Refuse(Reasons.ProofBinding, "the key is not the one that is expected");

        return null;
    }

    /// <summary>Number 6, the signature, and only then number 10, so that we answer with nonces to nobody but the key's owner.</summary>
    private ProofOutcome CheckSignature(ProofText proof, ProofJwk jwk, ProofRequest request, ProofClaims claims)
    {
        var key = Verify(proof, jwk, out var refusal);
        return key is null ? refusal : CheckNonce(key, request, claims);
    }

    private ProofKey? Verify(ProofText proof, ProofJwk jwk, out ProofOutcome refusal)
    {
        refusal = ProofOutcome.Refuse(Reasons.ProofSignature);
        var algorithm = ProofText.ReadString(proof.Header, "alg")!;
        if (Keys.TryFind(jwk.Thumbprint, algorithm, out var key) && key.Verify(proof.Signed, proof.Signature) is { } verdict)
            return verdict ? key : null;

        key = jwk.Import();
        if (key is null)
        {
            refusal = ProofOutcome.Refuse(Reasons.ProofKey, "jwk is no key");
            return null;
        }

        if (key.Verify(proof.Signed, proof.Signature) is true)
            return key;

        key.Dispose();
        return null;
    }

    /// <summary>Number 10 and §9: a nonce must be one of ours, and recent; where nonces are demanded it must be there.</summary>
    private ProofOutcome CheckNonce(ProofKey key, ProofRequest request, ProofClaims claims)
    {
        var epoch = claims.Nonce is null ? null : _nonces.Verify(claims.Nonce, request.Resource);
        if (epoch is null && (claims.Nonce is not null || _options.NonceRequired))
            return DemandNonce(request.Resource, claims.Nonce is null ? "a nonce is demanded" : "the nonce is not one of ours, or too old");

        return new Proof(key.Thumbprint, claims.Id, claims.IssuedAt, claims.Nonce) { NonceEpoch = epoch, Key = key };
    }

    private ProofOutcome DemandNonce(string resource, string detail) => _nonces.Issue(resource) is { } nonce
        ? new ProofOutcome(null, Reasons.ProofNonce, nonce, detail)
        : ProofOutcome.Refuse(Reasons.ReplayStoreUnavailable, "the replay store's epoch is not known", SoonAgain);

    private async ValueTask<ReplayResult> AddAsync(ReplayEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.AddAsync(entry, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReplayResult(ReplayStatus.Unavailable, SoonAgain, exception.GetType().Name);
        }
    }

    private static bool IsHashOf(string? hash, string token) => hash is not null && Ascii.IsValid(token)
        && FixedTimeEquals(hash, Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))));

    private static bool FixedTimeEquals(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
