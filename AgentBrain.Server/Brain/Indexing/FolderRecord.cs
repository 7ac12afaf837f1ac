namespace AgentBrain.Server.Brains.Indexing;

/// <summary>An indexed folder.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Settings">How it is indexed.</param>
/// <param name="Metadata">Scalar values merged into its chunks' metadata (a JSON object's text), or null.</param>
/// <param name="LastIndexed">When a job last finished it; null while the first one runs.</param>
/// <param name="Files">Files it holds.</param>
/// <param name="Chunks">Chunks it holds.</param>
internal sealed record FolderRecord(long Id, BrainPath Path, FolderSettings Settings, string? Metadata, DateTimeOffset? LastIndexed, int Files, int Chunks);
