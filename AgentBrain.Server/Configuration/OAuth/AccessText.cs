using System.Collections.Immutable;
using AgentBrain.OAuth.Policy;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>
/// Reads <c>AGENT_BRAIN_OAUTH_ACCESS</c>, the policy of the default brain in one line:
/// <c>subject:ID=read,index; role:NAME=all; client:ID=read; everyone=read</c>.
/// </summary>
internal static class AccessText
{
    private const string Form = "entries like subject:ID=read,index or role:NAME=all, client:ID=read, everyone=read, with ';' between them";

    /// <summary>Reads the rules.</summary>
    /// <exception cref="ConfigurationException">An entry does not have the form.</exception>
    public static ImmutableArray<AccessRule> Read(string text, string issuer) =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(entry => One(entry, issuer))];

    /// <summary>Reads names of scopes, with or without their prefix; <c>all</c> is all of them.</summary>
    /// <exception cref="ConfigurationException">A name is not known, or there is none.</exception>
    public static ScopeSet Scopes(string where, IReadOnlyCollection<string> names)
    {
        var set = ScopeSet.None;
        foreach (var name in names)
        {
            var scope = name == "all" ? ScopeSet.All : ScopeSetText.One(name.Contains(':') ? name : "agent-brain:" + name);
            set |= scope != ScopeSet.None ? scope : throw new ConfigurationException($"{where} names the scope {name}; there are read, index, subscribe, admin, and all for all of them.");
        }

        return set != ScopeSet.None ? set : throw new ConfigurationException($"{where} names no scope; there are read, index, subscribe, admin, and all for all of them.");
    }

    private static AccessRule One(string entry, string issuer)
    {
        // Subjects hold colons and even equals signs; scopes do not.
        var equals = entry.LastIndexOf('=');
        if (equals <= 0)
            throw Refuse(entry);

        var (who, scopes) = (entry[..equals].Trim(), Scopes($"{SettingNames.OAuthAccess} ({entry})", entry[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries)));
        if (who == "everyone")
            return new AccessRule(issuer, PrincipalKind.Everyone, "", scopes);

        var colon = who.IndexOf(':');
        PrincipalKind? kind = (colon < 0 ? "" : who[..colon]) switch
        {
            "subject" => PrincipalKind.Subject,
            "role" => PrincipalKind.Role,
            "client" => PrincipalKind.Client,
            _ => null,
        };
        return kind is { } known && who.Length > colon + 1 ? new AccessRule(issuer, known, who[(colon + 1)..], scopes) : throw Refuse(entry);
    }

    private static ConfigurationException Refuse(string entry) => new($"{SettingNames.OAuthAccess} holds {entry}; it must hold {Form}.");
}
