using System.Collections.Immutable;
using AgentBrain.OAuth.Policy;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Policy;

/// <summary>Who may do what: only who is named, only on that brain, only what is said.</summary>
public sealed class AccessPolicyTests
{
    private const string Issuer = "https://as.example";

    private static readonly AccessToken Alice = new()
    {
        Issuer = Issuer, Subject = "alice", ClientId = "editor", Audiences = ["https://rs.example/mcp"], Scopes = ScopeSet.All,
        IssuedAt = DateTimeOffset.UnixEpoch, ExpiresAt = DateTimeOffset.UnixEpoch, Roles = ["writers"],
    };

    [Theory]
    [InlineData(PrincipalKind.Subject, "alice", true)]
    [InlineData(PrincipalKind.Subject, "Alice", false)]
    [InlineData(PrincipalKind.Subject, "bob", false)]
    [InlineData(PrincipalKind.Subject, "writers", false)]
    [InlineData(PrincipalKind.Role, "writers", true)]
    [InlineData(PrincipalKind.Role, "Writers", false)]
    [InlineData(PrincipalKind.Role, "alice", false)]
    [InlineData(PrincipalKind.Client, "editor", false)]
    [InlineData(PrincipalKind.Client, "alice", false)]
    [InlineData(PrincipalKind.Everyone, "", true)]
    [InlineData((PrincipalKind)99, "alice", false)]
    public void A_rule_meets_whom_it_names(PrincipalKind kind, string value, bool meets) =>
        Assert.Equal(meets ? ScopeSet.Read : null, Policy(new AccessRule(Issuer, kind, value, ScopeSet.Read)).MaximumFor("docs", Alice));

    [Fact]
    public void A_client_is_met_only_when_it_acts_for_itself()
    {
        var policy = Policy(new AccessRule(Issuer, PrincipalKind.Client, "ci", ScopeSet.Index));

        Assert.Equal(ScopeSet.Index, policy.MaximumFor("docs", Alice with { Subject = "ci", ClientId = "ci", Roles = [] }));
        Assert.Null(policy.MaximumFor("docs", Alice with { ClientId = "ci" }));
        Assert.Null(policy.MaximumFor("docs", Alice with { Subject = "ci" }));
    }

    [Fact]
    public void The_same_name_at_another_issuer_is_somebody_else() =>
        Assert.Null(Policy(new AccessRule(Issuer, PrincipalKind.Everyone, "", ScopeSet.All), new AccessRule(Issuer, PrincipalKind.Subject, "alice", ScopeSet.All))
            .MaximumFor("docs", Alice with { Issuer = Issuer + "/" }));

    [Fact]
    public void Rules_add_up() =>
        Assert.Equal(
            ScopeSet.Read | ScopeSet.Index,
            Policy(new AccessRule(Issuer, PrincipalKind.Subject, "alice", ScopeSet.Read), new AccessRule(Issuer, PrincipalKind.Role, "writers", ScopeSet.Index), new AccessRule(Issuer, PrincipalKind.Subject, "bob", ScopeSet.Admin))
                .MaximumFor("docs", Alice));

    [Fact]
    public void A_brain_without_rules_is_nobodys() => Assert.Null(Policy(new AccessRule(Issuer, PrincipalKind.Everyone, "", ScopeSet.All)).MaximumFor("other", Alice));

    private static AccessPolicy Policy(params ImmutableArray<AccessRule> rules) => new([KeyValuePair.Create("docs", rules)]);
}
