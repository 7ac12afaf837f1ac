using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Is there an owner? Until there is, nothing but the setup page is served.</summary>
/// <param name="marker">Says on the disk that there was one, should the database be lost.</param>
internal sealed class OwnerPresence(OwnerMarker marker)
{
    private volatile bool _hasOwner;

    /// <summary>Is there one? Known in memory; asked on every request.</summary>
    public bool HasOwner => _hasOwner;

    /// <summary>Reads it from the database, before the port opens.</summary>
    public void Load(AuthorityContext context) => _hasOwner = context.Users.AsNoTracking().Any();

    /// <summary>An owner was made, and is on the disk.</summary>
    public void Appear()
    {
        _hasOwner = true;
        marker.Set();
    }
}
