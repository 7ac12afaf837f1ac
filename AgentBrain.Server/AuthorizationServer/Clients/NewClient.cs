using System.Collections.Immutable;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>A client as the owner wants it.</summary>
internal sealed record NewClient
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Where its answers go; none for a client that acts for itself alone.</summary>
    public ImmutableArray<string> RedirectUris { get; init; } = [];

    /// <summary>Brains that it may get tokens for by itself (client_credentials).</summary>
    public ImmutableArray<string> OwnBrains { get; init; } = [];

    /// <summary>Scopes that it may get by itself; none means reading.</summary>
    public ScopeSet OwnScopes { get; init; }

    /// <summary>May the scopes have <c>agent-brain:admin</c> among them?</summary>
    public bool AllowAdmin { get; init; }

    /// <summary>How it authenticates: <c>none</c>, <c>client_secret_basic</c> or <c>private_key_jwt</c>.</summary>
    public string AuthenticationMethod { get; init; } = OAuth.Clients.AuthenticationMethod.None;

    /// <summary>Its public keys, a JSON Web Key Set.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where its public keys are.</summary>
    public string? JwksUri { get; init; }

    /// <summary>Must all of its tokens be bound to a key?</summary>
    public bool RequiresDpop { get; init; }
}

/// <summary>What such a client may be.</summary>
internal sealed class NewClientRules(ResourceMap resources)
{
    /// <summary>Holds it against the rules.</summary>
    /// <exception cref="Commands.CommandException">It cannot be.</exception>
    public void Check(NewClient wanted)
    {
        if (ProblemOf(wanted) is { } problem)
            throw new Commands.CommandException(problem);
    }

    /// <summary>What it may get by itself.</summary>
    public static ScopeSet ScopesOf(NewClient wanted) => wanted.OwnScopes == ScopeSet.None ? ScopeSet.Read : wanted.OwnScopes;

    /// <summary>Does the URI lead to the user's own machine?</summary>
    public static bool IsOnUsersMachine(string uri) => RedirectUri.TryRead(uri, out var read, out _) && read.Kind != RedirectUriKind.Https;

    private string? ProblemOf(NewClient wanted)
    {
        if (string.IsNullOrWhiteSpace(wanted.Name) || wanted.Name.Length > ClientMetadata.MaxName)
            return $"A client needs a name of at most {ClientMetadata.MaxName} characters.";

        if (wanted.RedirectUris.Length > ClientMetadata.MaxRedirectUris)
            return $"A client has at most {ClientMetadata.MaxRedirectUris} redirect URIs.";

        foreach (var uri in wanted.RedirectUris)
        {
            if (!RedirectUri.TryRead(uri, out _, out var problem))
                return $"The redirect URI {LogText.Safe(uri, 512)} {problem}.";
        }

        if (wanted.RedirectUris.Length == 0 && wanted.OwnBrains.Length == 0)
            return "A client needs a redirect URI, or a brain that it may get tokens for by itself.";

        return ProblemOfMethod(wanted) ?? ProblemOfOwn(wanted);
    }

    private static string? ProblemOfMethod(NewClient wanted) => wanted.AuthenticationMethod switch
    {
        AuthenticationMethod.PrivateKeyJwt => wanted.Jwks is null == wanted.JwksUri is null ? "A client with private_key_jwt needs its keys or their address, and not both." : null,
        AuthenticationMethod.None or AuthenticationMethod.SecretBasic or AuthenticationMethod.SecretPost => wanted.Jwks is null && wanted.JwksUri is null ? null : "Keys are for private_key_jwt.",
        _ => "The authentication method is none of none, client_secret_basic and private_key_jwt.",
    };

    private string? ProblemOfOwn(NewClient wanted)
    {
        if (wanted.OwnBrains.Length == 0)
            return wanted.OwnScopes == ScopeSet.None ? null : "Scopes of its own are for a client with a brain of its own; others get what the owner agrees to.";

        if (wanted.AuthenticationMethod == AuthenticationMethod.None)
            return "A client that gets tokens by itself must authenticate: client_secret_basic or private_key_jwt.";

        if (wanted.OwnBrains.FirstOrDefault(brain => resources.All.All(resource => resource.Brain != brain)) is { } unknown)
            return $"There is no brain {LogText.Safe(unknown)}; there are {string.Join(", ", resources.All.Select(static resource => resource.Brain).Order(StringComparer.Ordinal))}.";

        return ScopesOf(wanted).Covers(ScopeSet.Admin) && !wanted.AllowAdmin ? "agent-brain:admin is given to a client of its own right with --allow-admin only." : null;
    }
}
