namespace AgentBrain.Server.Brains;

/// <summary>How much a brain holds.</summary>
/// <param name="Documents">Files.</param>
/// <param name="Chunks">Chunks.</param>
internal sealed record BrainCounts(int Documents, int Chunks);
