using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>
/// Is it a token of an issuer that we trust? What depends on the request, on the clock or on a later change of mind (audience,
/// binding, end, revocation, entitlement) is not asked here, so this and only this may be remembered.
/// </summary>
internal sealed class TokenJudge(TrustedIssuers issuers, AccessTokenCache verified, SignatureCheck signatures)
{
    /// <summary>For names that no brain has, of which there is no end: what is remembered for one of them is remembered for all.</summary>
    private const string NoBrain = "urn:agent-brain:no-brain";

    /// <summary>Judges a token.</summary>
    /// <param name="context">The request, for its cancellation and its client's address.</param>
    /// <param name="token">The token, of bounded length and in the grammar of bearer tokens.</param>
    /// <param name="resource">The resource that it was sent to.</param>
    public async ValueTask<TokenOutcome> JudgeAsync(HttpContext context, string token, ProtectedResource resource)
    {
        var version = issuers.Version;
        if (verified.TryGet(resource.Uri, version, token, out var known))
            return known;

        var parsed = CompactToken.Read(token);
        var issuer = parsed.Form == TokenForm.Opaque ? issuers.OfOpaqueTokens : issuers.Find(parsed.Issuer);
        if (parsed.Form is TokenForm.Malformed or TokenForm.Jwe)
            return TokenOutcome.Refuse(parsed.Form == TokenForm.Malformed ? Reasons.TokenMalformed : Reasons.TokenEncrypted, parsed.Detail);

        if (issuer is null)
            return TokenOutcome.Refuse(parsed.Form == TokenForm.Opaque ? Reasons.TokenMalformed : Reasons.UnknownIssuer);

        if (issuer.Introspection is { } introspection)
            return await introspection.AskAsync(resource.Exists ? resource.Uri : NoBrain, token, AddressPrefix.Of(context.Connection.RemoteIpAddress), context.RequestAborted);

        var outcome = await VerifyAsync(context, issuer, token, parsed);
        if (outcome.Token is { } good && resource.Exists)
            verified.Add(resource.Uri, version, token, good);

        return outcome;
    }

    /// <summary>RFC 9068 §4, in its order: type and algorithm, key, signature, claims.</summary>
    private async ValueTask<TokenOutcome> VerifyAsync(HttpContext context, TrustedIssuer issuer, string token, CompactToken parsed)
    {
        if (issuer.Rules.JudgeHeader(parsed) is { } refusal)
            return refusal;

        var key = await issuer.Keys!.FindAsync(parsed.Header!.KeyId, parsed.Header.Algorithm, context.RequestAborted);
        if (key.Key is null)
            return TokenOutcome.Refuse(key.Reason!, retryAfter: key.RetryAfter);

        return await signatures.FailureOfAsync(context, issuer, token) is { } failure
            ? TokenOutcome.Refuse(failure)
            : issuer.Rules.JudgeClaims(parsed.UnverifiedClaims);
    }
}
