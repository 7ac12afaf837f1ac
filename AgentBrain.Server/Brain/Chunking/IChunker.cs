using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Splits the text of one kind of document. Chunks come in document order, cover all text but white space, and none is longer
/// than 1.25 times the size asked for. Takes linear time and does not throw, whatever the text.
/// </summary>
internal interface IChunker
{
    /// <summary>Splits <paramref name="text"/>; a text of nothing but white space gives no chunk.</summary>
    IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings);
}
