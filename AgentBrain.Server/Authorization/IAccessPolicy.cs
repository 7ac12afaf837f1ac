namespace AgentBrain.Server.Authorization;

/// <summary>
/// Who may have which scopes on which brain at most, whatever a token says. Asked on every request, outside every cache.
/// </summary>
internal interface IAccessPolicy
{
    /// <summary>The most that a caller may do.</summary>
    /// <returns>The scopes, or <c>null</c> when the caller has no access to the resource at all.</returns>
    ScopeSet? MaximumFor(Caller caller, ProtectedResource resource);
}

/// <summary>The policy of the modes none and basic, where whoever gets in is the owner.</summary>
internal sealed class OwnerPolicy : IAccessPolicy
{
    /// <inheritdoc/>
    public ScopeSet? MaximumFor(Caller caller, ProtectedResource resource) => ScopeSet.All;
}
