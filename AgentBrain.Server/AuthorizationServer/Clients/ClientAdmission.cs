using System.Collections.Immutable;
using AgentBrain.OAuth.Clients;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Who may become a client without the owner's doing (AGENT_BRAIN_REGISTRATION).</summary>
internal sealed class ClientAdmission(AuthorizationServerSettings settings)
{
    /// <summary>May anybody at all?</summary>
    public bool IsOpen => settings.Registration != RegistrationPolicy.Off;

    /// <summary>May a client whose id is this URL, and that is answered at these URIs?</summary>
    public bool Allows(ClientIdUrl id, IEnumerable<string> redirectUris) => settings.Registration switch
    {
        RegistrationPolicy.Consent => true,
        RegistrationPolicy.AllowList => IsTrusted(id.Host) || redirectUris.All(IsOnTrustedHost),
        _ => false,
    };

    /// <summary>
    /// Those of the redirect URIs that a client which registers itself may have. With a list of hosts there are none on loopback: any
    /// program could say that it is one of theirs.
    /// </summary>
    public ImmutableArray<string> Allowed(ImmutableArray<string> redirectUris) => settings.Registration switch
    {
        RegistrationPolicy.Consent => redirectUris,
        RegistrationPolicy.AllowList => [.. redirectUris.Where(IsOnTrustedHost)],
        _ => [],
    };

    private bool IsOnTrustedHost(string text) => RedirectUri.TryRead(text, out var uri, out _) && uri.Kind == RedirectUriKind.Https && IsTrusted(uri.Host);

    private bool IsTrusted(string host) => settings.TrustedClientHosts.Contains(host, StringComparer.Ordinal);
}
