namespace AgentBrain.Server.Brains.Chunking;

/// <summary>A contiguous part of a document that has one meaning: below one heading, or one definition.</summary>
/// <param name="Start">Offset of its first character.</param>
/// <param name="End">Offset behind its last character.</param>
/// <param name="HeadingPath">See <see cref="ChunkDraft.HeadingPath"/>.</param>
/// <param name="SymbolName">See <see cref="ChunkDraft.SymbolName"/>.</param>
/// <param name="SymbolKind">See <see cref="ChunkDraft.SymbolKind"/>.</param>
internal readonly record struct ChunkSection(
    int Start,
    int End,
    string? HeadingPath = null,
    string? SymbolName = null,
    string? SymbolKind = null)
{
    /// <summary>Its length in characters.</summary>
    public int Length => End - Start;
}
