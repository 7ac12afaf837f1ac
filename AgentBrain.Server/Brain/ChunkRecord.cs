namespace AgentBrain.Server.Brains;

/// <summary>A stored chunk with what is known of its file.</summary>
internal sealed record ChunkRecord
{
    /// <summary>Public id: <c>chunk_</c>, the file's key (16 hexadecimal digits), <c>_</c> and the ordinal.</summary>
    public required string Id { get; init; }

    /// <summary>The file.</summary>
    public required BrainPath File { get; init; }

    /// <summary>The folder that the file belongs to.</summary>
    public required BrainPath Folder { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Position in the file, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>How many chunks the file has.</summary>
    public required int TotalChunks { get; init; }

    /// <summary>First line, from 1.</summary>
    public required int StartLine { get; init; }

    /// <summary>Last line, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>Headings above it.</summary>
    public string? HeadingPath { get; init; }

    /// <summary>The symbol it defines.</summary>
    public string? SymbolName { get; init; }

    /// <summary>The symbol's kind.</summary>
    public string? SymbolKind { get; init; }

    /// <summary>Page of a PDF.</summary>
    public int? Page { get; init; }

    /// <summary>Language id.</summary>
    public required string Language { get; init; }

    /// <summary>doc, code or test.</summary>
    public required string SourceType { get; init; }

    /// <summary>The document's title.</summary>
    public string? Title { get; init; }

    /// <summary>Last write of the file when it was indexed, round-trip format.</summary>
    public required string Modified { get; init; }

    /// <summary>The folder's injected metadata (a JSON object's text), or null.</summary>
    public string? FolderMetadata { get; init; }
}
