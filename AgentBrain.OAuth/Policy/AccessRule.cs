namespace AgentBrain.OAuth.Policy;

/// <summary>One entry of a brain's access policy.</summary>
/// <param name="Issuer">The issuer that vouches for the principal.</param>
/// <param name="Kind">Whom it is about.</param>
/// <param name="Value">The subject, role or client id, compared ordinally; empty for everyone.</param>
/// <param name="Scopes">The most that such a principal may have.</param>
public sealed record AccessRule(string Issuer, PrincipalKind Kind, string Value, ScopeSet Scopes);
