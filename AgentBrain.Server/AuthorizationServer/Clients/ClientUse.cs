using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Notes that a client got a token, so that one in daily use is not called unused; and, for the owner to see, that it got one for itself. Once an hour.</summary>
internal sealed class ClientUse(AuthorityStore store, ActivityLog activities, TimeProvider time)
{
    /// <summary>How exact the note is.</summary>
    public static readonly TimeSpan Grain = TimeSpan.FromHours(1);

    /// <summary>Notes it.</summary>
    /// <param name="client">The client as it was read.</param>
    /// <param name="isOwn">Is the token the client's own, of no grant?</param>
    /// <param name="addressPrefix">Where the request came from.</param>
    public async Task NoteAsync(ClientRecord client, bool isOwn, string? addressPrefix)
    {
        var now = time.GetUtcNow();
        if (now - client.LastUsedAt < Grain)
            return;

        var (id, before) = (client.Id, now - Grain);
        await store.WriteAsync(async context =>
        {
            var noted = await context.Clients.Where(row => row.Id == id && (row.LastUsedAt == null || row.LastUsedAt <= before))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now));
            if (noted > 0 && isOwn)
                activities.Add(context, ActivityKinds.TokenIssued, new ActivitySubject(client.ClientId, AddressPrefix: addressPrefix, Detail: "a token of its own"));
        });
    }
}
