using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>How the brains of this server are, for the owner to see. The authorization server knows nothing else of them.</summary>
internal interface IBrainStatus
{
    /// <summary>All brains, by name.</summary>
    ImmutableArray<BrainLine> Read();
}

/// <summary>A brain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folders">Folders that are indexed.</param>
/// <param name="Documents">Files.</param>
/// <param name="Chunks">Chunks.</param>
/// <param name="LastIndexed">When a folder was last finished.</param>
/// <param name="Jobs">Jobs that are not finished.</param>
/// <param name="Failure">What is wrong with it, and what to do; <c>null</c> when it answers.</param>
internal sealed record BrainLine(string Name, int Folders, int Documents, int Chunks, DateTimeOffset? LastIndexed, int Jobs, string? Failure);
