namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Where passkeys belong to: the host of the public URL (WebAuthn §5.1.2). Browsers have them for names only, so on an address there
/// are none, and the pages say what to do about it.
/// </summary>
internal sealed class PasskeyPlace
{
    /// <summary>Reads the public URL.</summary>
    public PasskeyPlace(AuthorizationServerSettings settings)
    {
        var issuer = new Uri(settings.Issuer);
        Host = issuer.IdnHost;
        Origin = issuer.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        if (issuer.HostNameType == UriHostNameType.Dns)
            return;

        Obstacle = issuer.IsLoopback
            ? $"Passkeys need a name instead of the address {issuer.Host}. Start the server with AGENT_BRAIN_PUBLIC_URL=http://localhost:{issuer.Port} and open it there."
            : $"Passkeys need a name instead of the address {issuer.Host}. Give the server a host name, and set AGENT_BRAIN_PUBLIC_URL to it.";
    }

    /// <summary>The relying party's id.</summary>
    public string Host { get; }

    /// <summary>The one origin whose pages may ask for a passkey.</summary>
    public string Origin { get; }

    /// <summary>Why there are no passkeys here; <c>null</c> when there are.</summary>
    public string? Obstacle { get; }
}
