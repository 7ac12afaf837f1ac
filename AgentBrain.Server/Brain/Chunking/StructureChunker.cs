using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>
/// Splits code of languages without a parser here, by the look of its lines: definitions by pattern, blocks by indentation.
/// Code of an unknown language is cut between lines.
/// </summary>
internal sealed class StructureChunker : IChunker
{
    /// <inheritdoc/>
    public IReadOnlyList<ChunkDraft> Chunk(string text, FileType type, ChunkSettings settings)
    {
        var lines = new LineMap(text);
        var writer = new ChunkWriter(text, lines, settings);
        var structure = LanguageTable.Find(type.Language);
        if (structure is null)
        {
            writer.Write(new ChunkSection(0, text.Length), CutStyle.Code);
            return writer.Chunks;
        }

        foreach (var section in new StructureScan(text, lines, structure, writer.TargetLength).Run())
            writer.Write(section, CutStyle.Code);
        return writer.Chunks;
    }
}
