using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Dpop;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>Writes <c>WWW-Authenticate</c> in the mode oauth, for 401 and 403.</summary>
internal sealed class ResourceChallenges(OAuthSettings settings, IAccessPolicy policy) : IScopeChallenge
{
    /// <summary>Writes the challenge of a 401: who has nothing yet begins with reading.</summary>
    public void Write(HttpContext context, ProtectedResource resource, TokenScheme? used, ChallengeError? error) =>
        context.Response.Headers.WWWAuthenticate = Of(resource).Values(ScopeSet.Read, used, error);

    /// <summary>
    /// What the token has of our vocabulary, as far as the policy lets it, and all that the operation needs: clients of today ask for
    /// just what the challenge says, and would lose what they had. If the policy does not allow what is needed, no token would
    /// help, and there is no challenge to run after (SR-40).
    /// </summary>
    public bool Write(HttpContext context, Caller caller, ScopeSet needed)
    {
        var resource = RequestedResource.Of(context)!;
        if (policy.MaximumFor(caller, resource) is not { } maximum || !maximum.Covers(needed))
            return false;

        var used = caller.KeyThumbprint is null ? TokenScheme.Bearer : TokenScheme.DPoP;
        context.Response.Headers.WWWAuthenticate = Of(resource).Values(caller.Scopes | needed, used, ChallengeError.InsufficientScope);
        return true;
    }

    private Challenge Of(ProtectedResource resource) =>
        new(resource.MetadataUri, settings.Access.TryGetValue(resource.Brain, out var access) ? access.Dpop : DpopMode.Allowed, settings.Proofs.Algorithms);
}
