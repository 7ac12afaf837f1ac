using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.Server.Brains;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>chunk://{chunk_id}</c>: one chunk as search results name it.</summary>
internal sealed class ChunkResource : ITemplatedResource
{
    /// <inheritdoc />
    public ResourceTemplate Entry { get; } = new()
    {
        UriTemplate = "chunk://{chunk_id}",
        Name = "chunk",
        Title = "Chunk",
        Description = "One indexed chunk by the chunk_id of a search result: its text and where it stands.",
        MimeType = Contents.Json,
    };

    /// <inheritdoc />
    public bool Owns(ResourceUri uri) => uri.Scheme == "chunk";

    /// <inheritdoc />
    public ResourceContents? Read(ResourceUri uri, CallContext caller)
    {
        var id = Uri.UnescapeDataString(uri.Rest);
        if (id.Length == 0)
        {
            throw new BrainException(BrainFault.InvalidArgument, "missing_chunk_id", "The URI names no chunk: write chunk://<chunk_id> with the chunk_id of a search result.");
        }

        return caller.Brain.Chunk(id) is { } chunk
            ? Contents.OfJson(uri, JsonSerializer.Serialize(ChunkDocument.Of(chunk, caller), ResourceJson.Readable.ChunkDocument), caller.Show(chunk.File))
            : null;
    }
}

/// <summary>A chunk.</summary>
internal sealed record ChunkDocument
{
    /// <summary>The chunk's id.</summary>
    public required string ChunkId { get; init; }

    /// <summary>What the ids of all chunks of the file have in common.</summary>
    public required string ParentDocId { get; init; }

    /// <summary>The file as the caller is shown it.</summary>
    public required string Source { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; init; }

    /// <summary>This version writes no summaries.</summary>
    public string? Summary { get; init; }

    /// <summary>The indexed folder the file belongs to.</summary>
    public required string FolderId { get; init; }

    /// <summary>Tokens, estimated at four characters each.</summary>
    public required int TokenCount { get; init; }

    /// <summary>Language id.</summary>
    public required string Language { get; init; }

    /// <summary>doc, code or test.</summary>
    public required string SourceType { get; init; }

    /// <summary>Position in the file, from 0.</summary>
    public required int ChunkIndex { get; init; }

    /// <summary>How many chunks the file has.</summary>
    public required int TotalChunks { get; init; }

    /// <summary>First line, from 1.</summary>
    public required int StartLine { get; init; }

    /// <summary>Last line, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>The document's title.</summary>
    public string? Title { get; init; }

    /// <summary>Headings above it.</summary>
    public string? HeadingPath { get; init; }

    /// <summary>The symbol it defines.</summary>
    public string? SymbolName { get; init; }

    /// <summary>The symbol's kind.</summary>
    public string? SymbolKind { get; init; }

    /// <summary>Page of a PDF.</summary>
    public int? Page { get; init; }

    /// <summary>Last write of the file when it was indexed.</summary>
    public required string Modified { get; init; }

    /// <summary>The folder's injected metadata.</summary>
    public JsonNode? Metadata { get; init; }

    /// <summary>The chunk as a caller sees it.</summary>
    public static ChunkDocument Of(ChunkRecord chunk, CallContext caller) => new()
    {
        ChunkId = chunk.Id,
        ParentDocId = chunk.Id[..chunk.Id.LastIndexOf('_')],
        Source = caller.Show(chunk.File),
        Content = chunk.Text,
        FolderId = caller.Show(chunk.Folder),
        TokenCount = (chunk.Text.Length + 3) / 4,
        Language = chunk.Language,
        SourceType = chunk.SourceType,
        ChunkIndex = chunk.Ordinal,
        TotalChunks = chunk.TotalChunks,
        StartLine = chunk.StartLine,
        EndLine = chunk.EndLine,
        Title = chunk.Title,
        HeadingPath = chunk.HeadingPath,
        SymbolName = chunk.SymbolName,
        SymbolKind = chunk.SymbolKind,
        Page = chunk.Page,
        Modified = chunk.Modified,
        Metadata = chunk.FolderMetadata is null ? null : JsonNode.Parse(chunk.FolderMetadata),
    };
}
