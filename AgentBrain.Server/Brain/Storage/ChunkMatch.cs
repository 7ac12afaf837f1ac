namespace AgentBrain.Server.Brains.Storage;

/// <summary>A chunk that the inverted index found.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Rank">BM25 as SQLite gives it: negative, smaller is better.</param>
/// <param name="File">Its file.</param>
/// <param name="Language">The file's language id.</param>
/// <param name="SourceType">doc, code or test.</param>
internal readonly record struct ChunkMatch(long Row, double Rank, BrainPath File, string Language, string SourceType);
