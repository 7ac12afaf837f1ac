namespace AgentBrain.Server.Brains.Indexing;

/// <summary>What the index holds of a file.</summary>
/// <param name="FileId">Its row.</param>
/// <param name="Sha256">The content it was indexed with.</param>
/// <param name="ChunkingKey">The settings it was cut with.</param>
/// <param name="JobId">The job that indexed it last.</param>
internal sealed record ManifestEntry(long FileId, string Sha256, string ChunkingKey, string JobId);
