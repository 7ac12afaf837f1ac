using System.Text.Json;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>What results say of a chunk beside its text.</summary>
internal static class ChunkMetadata
{
    /// <summary>The chunk's own facts, then those of its folder; a folder's cannot stand in for the chunk's own.</summary>
    public static Dictionary<string, JsonElement> Of(ChunkRecord chunk)
    {
        var metadata = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        Add(metadata, "chunk_id", chunk.Id);
        Add(metadata, "file_name", chunk.File.Display[(chunk.File.Display.LastIndexOf('/') + 1)..]);
        Add(metadata, "language", chunk.Language);
        Add(metadata, "source_type", chunk.SourceType);
        Add(metadata, "chunk_index", chunk.Ordinal);
        Add(metadata, "total_chunks", chunk.TotalChunks);
        Add(metadata, "start_line", chunk.StartLine);
        Add(metadata, "end_line", chunk.EndLine);
        Add(metadata, "modified", chunk.Modified);
        Add(metadata, "heading_path", chunk.HeadingPath);
        Add(metadata, "symbol_name", chunk.SymbolName);
        Add(metadata, "symbol_kind", chunk.SymbolKind);
        Add(metadata, "page", chunk.Page);
        Add(metadata, "title", chunk.Title);
        if (chunk.FolderMetadata is { } folder)
        {
            using var document = JsonDocument.Parse(folder);
            foreach (var member in document.RootElement.EnumerateObject().Where(member => !OwnNames.Contains(member.Name)))
            {
                metadata.TryAdd(member.Name, member.Value.Clone());
            }
        }

        return metadata;
    }

    /// <summary>Names that mean the chunk's own facts, also where a chunk has none.</summary>
    private static readonly HashSet<string> OwnNames = new(StringComparer.Ordinal)
    {
        "chunk_id", "file_name", "language", "source_type", "chunk_index", "total_chunks", "start_line", "end_line", "modified",
        "heading_path", "symbol_name", "symbol_kind", "page", "title",
    };

    private static void Add<T>(Dictionary<string, JsonElement> metadata, string name, T value)
    {
        if (value is not null)
        {
            metadata.Add(name, JsonSerializer.SerializeToElement(value));
        }
    }
}
