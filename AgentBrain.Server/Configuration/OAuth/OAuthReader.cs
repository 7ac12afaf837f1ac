using System.Collections.Immutable;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Policy;
using AgentBrain.Server.AuthorizationServer;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>Puts the settings of the mode oauth together, from the variables and the brains file.</summary>
internal static class OAuthReader
{
    /// <summary>Reads all of them.</summary>
    /// <param name="values">The variables.</param>
    /// <param name="file">The brains file, if there is one.</param>
    /// <param name="redis">The connection string of Redis, if there is one.</param>
    /// <param name="server">The authorization server within this program, if there is one.</param>
    /// <exception cref="ConfigurationException">The first thing that is wrong, in one sentence.</exception>
    public static OAuthSettings Read(SettingValues values, BrainsFile? file, string? redis, AuthorizationServerSettings? server)
    {
        CheckResource(values);
        ImmutableArray<IssuerSettings> issuers = server is null ? Issuers(values, file) : [OwnIssuer(server)];
        var mode = Mode(SettingNames.Dpop, values.Text(SettingNames.Dpop)) ?? DpopMode.Allowed;
        var settings = new OAuthSettings
        {
            Issuers = issuers,
            Access = file is null
                ? ImmutableDictionary<string, BrainAccess>.Empty.Add(ResourceMap.DefaultBrain, new BrainAccess(mode, server is null ? LineAccess(values, issuers[0].Issuer) : OwnerAccess(server)))
                : file.Brains.ToImmutableDictionary(brain => brain.Key, brain => server is null ? FileAccess(brain.Key, brain.Value, issuers, mode) : new BrainAccess(Mode(SettingNames.BrainsFile, brain.Value.Dpop) ?? mode, OwnerAccess(server)), StringComparer.Ordinal),
            Proofs = Proofs(values),
            Redis = redis,
            HasSharedRevocations = Switch(values, SettingNames.OAuthRevocations, "redis"),
        };
        if (settings is { HasSharedRevocations: true, Redis: null })
            throw new ConfigurationException($"{SettingNames.OAuthRevocations} is redis, and {SettingNames.Redis} is not set; set it, or take the first away.");

        foreach (var brain in settings.Access.Keys.Where(brain => !settings.IssuersOf(brain).Any()))
            throw new ConfigurationException($"{SettingNames.BrainsFile} has the brain {brain}, which none of its issuers may give tokens for; add it to the brains of one.");

        CheckRoles(settings);
        return settings;
    }

    /// <summary>Our own issuer. Its keys are in this process and its tokens are as we make them.</summary>
    private static IssuerSettings OwnIssuer(AuthorizationServerSettings server) => new() { Issuer = server.Issuer, Algorithms = ["ES256"], MaxLifetime = server.AccessTokenLifetime };

    /// <summary>The authorization server gives tokens to the owner, and to clients for what the owner set down; it decides, and takes back.</summary>
    private static ImmutableArray<AccessRule> OwnerAccess(AuthorizationServerSettings server) => [new AccessRule(server.Issuer, PrincipalKind.Everyone, "", ScopeSet.All)];

    /// <summary>A role that is looked for nowhere would be a rule for nobody, and who wrote it would not hear of it.</summary>
    private static void CheckRoles(OAuthSettings settings)
    {
        foreach (var rule in settings.Access.Values.SelectMany(static access => access.Rules).Where(static rule => rule.Kind == PrincipalKind.Role))
        {
            if (settings.Issuers.First(issuer => issuer.Issuer == rule.Issuer).RolesClaim is null)
                throw new ConfigurationException($"The role {rule.Value} of {rule.Issuer} may do something, and nothing says which claim has roles; set {SettingNames.OAuthRolesClaim}, or rolesClaim of the issuer in {SettingNames.BrainsFile}, for example to realm_access.roles");
        }
    }

    /// <summary>The resource follows from the public URL; whoever sets both should see at once that they differ.</summary>
    private static void CheckResource(SettingValues values)
    {
        if (values.Text(SettingNames.OAuthResource) is { } resource && values.PublicUrl() is { } url && resource != url.AbsoluteUri.TrimEnd('/') + "/mcp")
            throw new ConfigurationException($"{SettingNames.OAuthResource} is {resource}, and {SettingNames.PublicUrl} makes it {url.AbsoluteUri.TrimEnd('/')}/mcp; make them agree, or remove the first.");
    }

    private static ImmutableArray<IssuerSettings> Issuers(SettingValues values, BrainsFile? file)
    {
        if (file is null or { Issuers: [] })
            return [IssuerReader.FromSettings(values)];

        if (values.Text(SettingNames.OAuthIssuer) is not null)
            throw new ConfigurationException($"{SettingNames.OAuthIssuer} is set, and {SettingNames.BrainsFile} lists issuers; keep one of them.");

        if (file.Issuers.GroupBy(entry => entry.Issuer, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigurationException($"{SettingNames.BrainsFile} lists the issuer {twice.Key} twice; tokens are judged in one way, so keep one of them.");

        return [.. file.Issuers.Select(entry => IssuerReader.FromFile(entry, file.Brains.Keys))];
    }

    private static ImmutableArray<AccessRule> LineAccess(SettingValues values, string issuer) =>
        values.Text(SettingNames.OAuthAccess) is { } text && AccessText.Read(text, issuer) is { Length: > 0 } rules
            ? rules
            : throw new ConfigurationException($"{SettingNames.OAuthAccess} is not set, so nobody could use the brain; say who may, for example subject:ID=all or role:NAME=read,subscribe");

    private static BrainAccess FileAccess(string brain, ListedBrain entry, ImmutableArray<IssuerSettings> issuers, DpopMode mode)
    {
        var where = $"{SettingNames.BrainsFile} (brain {brain})";
        if (entry.Access.Length == 0)
            throw new ConfigurationException($"{where} has no access, so nobody could use it; say who may, or take it out.");

        return new BrainAccess(Mode(where, entry.Dpop) ?? mode, [.. entry.Access.Select(access => Rule(where, access, issuers))]);
    }

    private static AccessRule Rule(string where, ListedAccess entry, ImmutableArray<IssuerSettings> issuers)
    {
        if (entry.Issuer is null && issuers.Length > 1)
            throw new ConfigurationException($"{where} has an access without an issuer, and there are several; only together they name somebody.");

        var issuer = entry.Issuer ?? issuers[0].Issuer;
        if (!issuers.Any(known => known.Issuer == issuer))
            throw new ConfigurationException($"{where} has an access of the issuer {issuer}, which is not among the issuers.");

        (PrincipalKind Kind, string? Value)[] named = [(PrincipalKind.Subject, entry.Subject), (PrincipalKind.Role, entry.Role), (PrincipalKind.Client, entry.Client), (PrincipalKind.Everyone, entry.Everyone ? "" : null)];
        return named.Where(one => one.Value is not null).ToArray() is [var only] && (only.Kind == PrincipalKind.Everyone || only.Value!.Length > 0)
            ? new AccessRule(issuer, only.Kind, only.Value!, AccessText.Scopes(where, entry.Scopes))
            : throw new ConfigurationException($"{where} has an access that does not name exactly one of subject, role, client and everyone; write an entry for each.");
    }

    private static DpopMode? Mode(string where, string? text) => text switch
    {
        null => null,
        "off" => DpopMode.Off,
        "allowed" => DpopMode.Allowed,
        "required" => DpopMode.Required,
        _ => throw new ConfigurationException($"{where} has the DPoP mode {text}; it must be off, allowed or required."),
    };

    /// <summary>A setting that is off unless it has its one other value.</summary>
    private static bool Switch(SettingValues values, string name, string on) => values.Text(name) switch
    {
        null or "off" => false,
        var text when text == on => true,
        var other => throw new ConfigurationException($"{name} is {other}; it must be off or {on}."),
    };

    private static DpopOptions Proofs(SettingValues values)
    {
        var defaults = new DpopOptions();
        return defaults with
        {
            NonceRequired = Switch(values, SettingNames.DpopNonce, "required"),
            MaxAge = TimeSpan.FromSeconds(values.Number(SettingNames.DpopMaxAgeSeconds, (long)defaults.MaxAge.TotalSeconds, 5, 600)),
            RatePerKey = (int)values.Number(SettingNames.DpopRatePerKey, defaults.RatePerKey, 0, 1_000_000),
            LivePerKey = (int)values.Number(SettingNames.DpopProofsPerKey, defaults.LivePerKey, 0, 100_000_000),
            Capacity = (int)values.Number(SettingNames.DpopCapacity, defaults.Capacity, 1_000, 100_000_000),
        };
    }
}
