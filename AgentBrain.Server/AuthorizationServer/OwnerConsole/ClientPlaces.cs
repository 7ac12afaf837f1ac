using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Consent;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>Names clients in lists.</summary>
internal static class ClientPlaces
{
    /// <summary>A client's name and where it is answered.</summary>
    public static ClientName Of(ClientRecord? client) =>
        client is null ? new ClientName(null, "removed") : new ClientName(UntrustedName.Of(client.DisplayName), Place(client));

    private static string Place(ClientRecord client)
    {
        if (client.Kind == ClientKind.Document && Uri.TryCreate(client.ClientId, UriKind.Absolute, out var id))
            return id.IdnHost;

        var places = client.ReadRedirectUris()
            .Select(static uri => !RedirectTarget.TryRead(uri, out var target) ? null : target.Kind == RedirectKind.Loopback ? "this computer" : target.Shown)
            .OfType<string>().Distinct(StringComparer.Ordinal).Take(3).ToList();
        return places.Count == 0 ? "no redirect" : string.Join(", ", places);
    }
}
