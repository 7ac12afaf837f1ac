using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Finds clients.</summary>
internal sealed class ClientDirectory(AuthorityStore store, ClientDocuments documents, ClientAdmission admission, DocumentLimits limits, TimeProvider time)
{
    /// <summary>A client that is stored, whatever its kind; nothing is fetched.</summary>
    public Task<ClientRecord?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        var digest = ClientIds.Digest(clientId);
        return store.ReadAsync(context => context.Clients.SingleOrDefaultAsync(client => client.ClientIdDigest == digest && client.ClientId == clientId, cancellationToken), cancellationToken);
    }

    /// <summary>The same, and a client id metadata document is fetched if it is not there or no longer fresh. Only for a signed-in owner's request.</summary>
    public async Task<ClientResolution> ResolveAsync(string clientId, CancellationToken cancellationToken)
    {
        var known = await FindAsync(clientId, cancellationToken);
        if (!ClientIdUrl.IsMeant(clientId))
            return known is null ? ClientResolution.Refused(Reasons.ClientUnknown, "There is no client with this client_id.") : ClientResolution.Found(known);

        if (!ClientIdUrl.TryRead(clientId, limits.AllowLoopback, out var url, out var problem))
            return ClientResolution.Refused(Reasons.ClientIdUrl, $"The client_id {problem}.");

        if (!admission.IsOpen)
            return ClientResolution.Refused(Reasons.RegistrationClosed, "This server takes clients only that were added on its machine.");

        if (known?.FreshUntil is not { } end || end <= time.GetUtcNow())
            return await documents.FetchAsync(url, cancellationToken);

        return admission.Allows(url, known.ReadRedirectUris()) ? ClientResolution.Found(known) : ClientDocuments.NotAllowed;
    }
}
