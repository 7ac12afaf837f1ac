using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.Brains.Chunking;
using AgentBrain.Server.Brains.Files;
using AgentBrain.Server.Brains.Search;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>A file that was read, cut and analyzed, ready to be swapped in.</summary>
internal sealed record PreparedFile
{
    /// <summary>Where it is.</summary>
    public required BrainPath Path { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Last write.</summary>
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Format and language.</summary>
    public required FileType Type { get; init; }

    /// <summary>doc, code or test.</summary>
    public required string SourceType { get; init; }

    /// <summary>The document's own title.</summary>
    public string? Title { get; init; }

    /// <summary>Its chunks in order.</summary>
    public required ImmutableArray<PreparedChunk> Chunks { get; init; }

    /// <summary>The document as it was parsed, if that is worth keeping.</summary>
    public string? Extraction { get; init; }

    /// <summary>The stable part of the public ids of a file's chunks: it depends on the path alone.</summary>
    public static string KeyOf(BrainPath path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path.Display)))[..16];
}

/// <summary>A chunk with the terms it is found by.</summary>
/// <param name="Draft">The chunk.</param>
/// <param name="Body">Analyzed text.</param>
/// <param name="Context">Analyzed path, headings, symbol and title.</param>
internal sealed record PreparedChunk(ChunkDraft Draft, string Body, string Context)
{
    /// <summary>Analyzed name that the chunk itself defines, without its containers.</summary>
    public string Symbol { get; } = Draft.SymbolName is { } name ? TextAnalyzer.Analyze(name[(name.LastIndexOf('.') + 1)..]) : "";
}
