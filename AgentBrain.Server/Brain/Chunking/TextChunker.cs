using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Splits plain text between paragraphs, else sentences, else lines, else words.</summary>
internal sealed class TextChunker : IChunker
{
    /// <inheritdoc/>
    public IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings)
    {
        var writer = new ChunkWriter(text, new LineMap(text), settings);
        writer.Write(new ChunkSection(0, text.Length), CutStyle.Prose);
        return writer.Chunks;
    }
}
