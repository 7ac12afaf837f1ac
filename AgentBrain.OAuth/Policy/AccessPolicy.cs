using System.Collections.Frozen;
using System.Collections.Immutable;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Policy;

/// <summary>
/// Who may use which brain, with which scopes at most. A token's audience says which brain it is for; it does not say that the
/// subject may use that brain, since whoever asks for a token chooses the audience. No rule means no access.
/// </summary>
public sealed class AccessPolicy
{
    private readonly FrozenDictionary<string, ImmutableArray<AccessRule>> _rules;

    /// <summary>Makes the policy.</summary>
    /// <param name="rules">The rules of each brain, by its name.</param>
    public AccessPolicy(IEnumerable<KeyValuePair<string, ImmutableArray<AccessRule>>> rules) => _rules = rules.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The most that the token's subject may do on a brain, whatever the token says: the union of all rules that meet.</summary>
    /// <returns>The scopes, or <c>null</c> when no rule meets: the subject has no access at all.</returns>
    public ScopeSet? MaximumFor(string brain, AccessToken token)
    {
        if (!_rules.TryGetValue(brain, out var rules))
            return null;

        ScopeSet? maximum = null;
        foreach (var rule in rules)
        {
            if (Meets(rule, token))
                maximum = (maximum ?? ScopeSet.None) | rule.Scopes;
        }

        return maximum;
    }

    private static bool Meets(AccessRule rule, AccessToken token) => rule.Issuer == token.Issuer && rule.Kind switch
    {
        PrincipalKind.Subject => rule.Value == token.Subject,
        PrincipalKind.Role => token.Roles.Contains(rule.Value, StringComparer.Ordinal),
        PrincipalKind.Client => rule.Value == token.ClientId && rule.Value == token.Subject,
        PrincipalKind.Everyone => true,
        _ => false,
    };
}
