using AgentBrain.OAuth.Policy;

namespace AgentBrain.Server.Authorization.Tokens;

/// <summary>The access policy of the mode oauth: what the operator says of the token's subject, role or client.</summary>
internal sealed class EntitlementPolicy(AccessPolicy policy) : IAccessPolicy
{
    /// <inheritdoc/>
    public ScopeSet? MaximumFor(Caller caller, ProtectedResource resource) =>
        caller.Token is { } token ? policy.MaximumFor(resource.Brain, token) : null;
}
