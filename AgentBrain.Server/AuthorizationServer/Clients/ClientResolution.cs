using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>What came of looking a client up.</summary>
/// <param name="Client">The client; <c>null</c> when it cannot be believed now.</param>
/// <param name="Reason">Why not: a code of <see cref="Reasons"/>.</param>
/// <param name="Description">Why not, in one sentence for whoever wrote the client; nothing of the request in it.</param>
internal sealed record ClientResolution(ClientRecord? Client, string? Reason, string? Description)
{
    /// <summary>It is there.</summary>
    public static ClientResolution Found(ClientRecord client) => new(client, null, null);

    /// <summary>It is not.</summary>
    public static ClientResolution Refused(string reason, string description) => new(null, reason, description);
}
