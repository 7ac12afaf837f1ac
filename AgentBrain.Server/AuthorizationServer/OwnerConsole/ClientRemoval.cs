using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>Takes a client away, with all that it was given, as the command on the machine does.</summary>
/// <param name="store">The database.</param>
/// <param name="clients">Removes.</param>
internal sealed class ClientRemoval(AuthorityStore store, ClientRegistration clients)
{
    /// <summary>Removes the client of a row.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RemoveAsync(string id, string addressPrefix)
    {
        if (await store.ReadAsync(database => database.Clients.Where(client => client.Id == id).Select(static client => client.ClientId).SingleOrDefaultAsync()) is not { } clientId)
            return false;

        try
        {
            // Not until the request ends: what was begun is carried through.
            await clients.RemoveAsync(clientId, addressPrefix, CancellationToken.None);
            return true;
        }
        catch (CommandException)
        {
            // Removed by somebody else meanwhile.
            return false;
        }
    }
}
