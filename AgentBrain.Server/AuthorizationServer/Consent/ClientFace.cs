using AgentBrain.Server.AuthorizationServer.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>What is known of a client, and what it only says of itself.</summary>
/// <param name="Name">What it calls itself; untrusted, made fit to be shown in quotes.</param>
/// <param name="Host">The host that publishes its description, if its id is a URL.</param>
/// <param name="Standing">Who vouches for it.</param>
/// <param name="IsProven">Can nobody else get what is meant for it? Only then is consent remembered without a page (SR-19).</param>
internal sealed record ClientFace(string? Name, string? Host, ClientStanding Standing, bool IsProven)
{
    /// <summary>May scopes that change something be ticked beforehand, and is it told of a refusal by a redirect?</summary>
    public bool IsKnown => Standing != ClientStanding.Unverified;

    /// <summary>Looks at a client that asks to be answered at a place.</summary>
    public static ClientFace Of(ClientRecord client, RedirectTarget target, AuthorizationServerSettings settings)
    {
        var id = client.Kind == ClientKind.Document && Uri.TryCreate(client.ClientId, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? url : null;

        // On the browser's own machine any program can stand in for another, whoever published the description.
        var isHttps = target.Kind == RedirectKind.Https;
        var standing = client.Kind == ClientKind.Registered ? ClientStanding.AddedByOwner
            : isHttps && id is not null && settings.TrustedClientHosts.Contains(id.IdnHost, StringComparer.Ordinal) ? ClientStanding.Verified
            : ClientStanding.Unverified;
        var isProven = isHttps && (client.ClientType == ClientTypes.Confidential || (id is not null && "https://" + (id.IsDefaultPort ? id.IdnHost : $"{id.IdnHost}:{id.Port}") == target.Memory));
        return new ClientFace(UntrustedName.Of(client.DisplayName), id?.IdnHost, standing, isProven);
    }
}

/// <summary>Who vouches for a client.</summary>
internal enum ClientStanding
{
    /// <summary>Nobody.</summary>
    Unverified,

    /// <summary>A host that the operator knows publishes its description, and where it is answered.</summary>
    Verified,

    /// <summary>The owner added it on the machine.</summary>
    AddedByOwner,
}
