namespace AgentBrain.Server.Brains;

/// <summary>The brain's caches: search answers in memory, parsed documents in the database.</summary>
/// <param name="Hits">Searches answered from memory since the start or the last clearing.</param>
/// <param name="Misses">Searches that had to be computed.</param>
/// <param name="MemoryEntries">Answers held in memory.</param>
/// <param name="Entries">Parsed documents held.</param>
/// <param name="SizeBytes">Their size.</param>
internal sealed record CacheStatus(long Hits, long Misses, int MemoryEntries, int Entries, long SizeBytes);
