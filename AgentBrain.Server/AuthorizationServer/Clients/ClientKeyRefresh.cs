using System.Text.Json;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>
/// Fetches the keys of clients that the owner knows once those that are kept are not fresh any more: a client that has rotated its
/// keys could not authenticate otherwise. Nobody makes it fetch anything; what fails is tried again, and the old keys count until then.
/// </summary>
internal sealed class ClientKeyRefresh(AuthorityStore store, ClientDocuments documents, DocumentLimits limits, TimeProvider time)
{
    private const int AtOnce = 10;

    /// <summary>Fetches those that are due.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await store.ReadAsync(context => context.Clients
            .Where(client => client.AuthenticationMethod == AuthenticationMethod.PrivateKeyJwt && client.FreshUntil <= now && (client.Kind == ClientKind.Registered || client.ConsentedAt != null))
            .OrderBy(static client => client.FreshUntil).Take(AtOnce).ToListAsync(cancellationToken), cancellationToken);
        foreach (var client in due)
        {
            if (client.Kind == ClientKind.Registered)
                await RefreshAsync(client, cancellationToken);
            else if (ClientIdUrl.TryRead(client.ClientId, limits.AllowLoopback, out var url, out _))
                await documents.FetchAsync(url, cancellationToken);
        }
    }

    private async Task RefreshAsync(ClientRecord client, CancellationToken cancellationToken)
    {
        using var metadata = JsonDocument.Parse(client.Metadata);
        if (await documents.FetchKeysAsync(metadata.RootElement.GetProperty("jwks_uri").GetString()!, cancellationToken) is not { Keys: { } keys, FreshFor: var freshFor })
            return;

        var until = time.GetUtcNow() + freshFor;
        await store.WriteAsync(context => context.Clients.Where(row => row.Id == client.Id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.JsonWebKeySet, keys)
            .SetProperty(row => row.FreshUntil, until)), cancellationToken);
    }
}
