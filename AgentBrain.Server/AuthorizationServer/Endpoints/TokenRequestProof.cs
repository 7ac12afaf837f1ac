namespace AgentBrain.Server.AuthorizationServer.Endpoints;

/// <summary>
/// The proof that came with a request, found right but not yet remembered (a feature of the request). It is remembered only after
/// client and grant proved valid, so that a failed request costs its sender nothing (RFC 9449 §5).
/// </summary>
/// <param name="keyThumbprint">The proved key; <c>null</c> when no proof came.</param>
/// <param name="consume">Remembers the proof.</param>
internal sealed class TokenRequestProof(string? keyThumbprint, Func<CancellationToken, ValueTask<string?>> consume)
{
    private static readonly TokenRequestProof None = new(keyThumbprint: null, static _ => ValueTask.FromResult<string?>(null));

    /// <summary>The proved key; <c>null</c> when no proof came.</summary>
    public string? KeyThumbprint => keyThumbprint;

    /// <summary>The proof of a request; one without a key where none came.</summary>
    public static TokenRequestProof Of(HttpContext context) => context.Features.Get<TokenRequestProof>() ?? None;

    /// <summary>
    /// Remembers the proof; the reason code when it was seen before or cannot be remembered, <c>null</c> when all is well or no proof
    /// came. After a reason the request is to be rejected; its <see cref="ProtocolRefusal"/> already says how it is answered.
    /// </summary>
    public ValueTask<string?> ConsumeAsync(CancellationToken cancellationToken) => consume(cancellationToken);
}
