using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using AgentBrain.Server.Authorization.Tokens;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// Judges the proofs that come to the authorization server's own endpoints (RFC 9449 §5, §10). It remembers them in the store that
/// the protected resources share, and has nonces of its own: a nonce for a brain is none here.
/// </summary>
internal sealed class ServerProofs : IDisposable
{
    /// <summary>What our nonces are for.</summary>
    public const string NoncePurpose = "dpop-nonce/authorization-server";

    private readonly string _issuer;
    private readonly ProofValidator _validator;

    /// <summary>Makes the judge.</summary>
    public ServerProofs(AuthorizationServerSettings server, OAuthSettings settings, IReplayStore store, TimeProvider time)
    {
        _issuer = server.Issuer;
        IsOffered = AreOffered(settings);
        _validator = new ProofValidator(settings.Proofs, store, new NonceSource(store, time, NoncePurpose), time);
    }

    /// <summary>False when no brain takes bound tokens. Then a proof is not looked at, as by a server that knows nothing of them.</summary>
    public bool IsOffered { get; }

    /// <summary>Does any brain take bound tokens?</summary>
    public static bool AreOffered(OAuthSettings settings) => settings.Access.Values.Any(static brain => brain.Dpop != DpopMode.Off);

    /// <summary>Judges the proof of a request to one of our endpoints; keeps nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The endpoint's path.</param>
    public ValueTask<ProofOutcome> CheckAsync(HttpContext context, string path) => _validator.CheckAsync(
        new ProofRequest(context.Request.Headers[ProofJudge.Header], context.Request.Method, _issuer + path, AccessToken: null, KeyThumbprint: null) { Resource = _issuer },
        context.RequestAborted);

    /// <summary>Remembers a proof that was found right.</summary>
    public ValueTask<ProofOutcome> ConsumeAsync(Proof proof, CancellationToken cancellationToken) => _validator.ConsumeAsync(proof, _issuer, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _validator.Dispose();
}
