using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Revocation;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>May this token be used here, now, in this way? Asked on every request, outside of every cache (SR-03).</summary>
internal sealed class TokenUse(OAuthSettings settings, ResourceMap resources, TrustedIssuers issuers, IRevocations revocations)
{
    /// <summary>The reason why not; <c>null</c> when it may.</summary>
    /// <exception cref="RevocationsUnavailableException">Nothing recent enough is known of revocations.</exception>
    public string? Refusal(AccessToken token, TokenScheme scheme, ProtectedResource resource)
    {
        if (issuers.Find(token.Issuer) is not { } issuer)
            return Reasons.UnknownIssuer;

        return Audience(token, issuer, resource)
            ?? (issuer.Rules.IsExpired(token) ? Reasons.TokenExpired : null)
            ?? Binding(token, scheme, settings.Access[resource.Brain].Dpop)
            ?? (revocations.IsRevoked(token) ? Reasons.TokenRevoked : null);
    }

    /// <summary>RFC 8707 §2: the token must be for this resource, and for no other of ours, or a neighbour could use it.</summary>
    private string? Audience(AccessToken token, TrustedIssuer issuer, ProtectedResource resource)
    {
        string? ours = null;
        foreach (var audience in token.Audiences)
        {
            var uri = issuer.Settings.Audiences.TryGetValue(audience, out var brain) ? resources.Of(brain).Uri : audience;
            if (!resources.IsOurs(uri) || uri == ours)
                continue;

            if (ours is not null)
                return Reasons.AmbiguousAudience;

            ours = uri;
        }

        if (!resource.Exists || ours != resource.Uri)
            return Reasons.WrongAudience;

        return issuer.Settings.Brains.IsEmpty || issuer.Settings.Brains.Contains(resource.Brain, StringComparer.Ordinal) ? null : Reasons.BrainNotOfIssuer;
    }

    /// <summary>RFC 9449 §7.1 and §11.9: a bound token comes with its proof, and what comes with a proof is bound; neither stands for the other.</summary>
    private static string? Binding(AccessToken token, TokenScheme scheme, DpopMode mode) => (token.KeyThumbprint, scheme, mode) switch
    {
        (_, TokenScheme.DPoP, DpopMode.Off) => Reasons.DpopOff,
        (not null, TokenScheme.Bearer, _) => Reasons.TokenIsBound,
        (null, TokenScheme.DPoP, _) => Reasons.TokenIsUnbound,
        (null, TokenScheme.Bearer, DpopMode.Required) => Reasons.DpopRequired,
        _ => null,
    };
}
