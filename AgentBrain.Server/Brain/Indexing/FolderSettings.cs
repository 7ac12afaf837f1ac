using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentBrain.Server.Brains.Chunking;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>How a folder is indexed; kept with the folder, so that a later run does the same.</summary>
internal sealed record FolderSettings
{
    /// <summary>False leaves source code out and takes documents alone.</summary>
    public bool IncludeCode { get; init; } = true;

    /// <summary>Target size of a chunk in tokens, 128 to 2048.</summary>
    public int ChunkSize { get; init; } = 512;

    /// <summary>Overlap of chunks that had to be cut, in tokens, 0 to 200.</summary>
    public int ChunkOverlap { get; init; } = 50;

    /// <summary>Globs of which a file must match one; empty takes all.</summary>
    public ImmutableArray<string> Include { get; init; } = [];

    /// <summary>Globs that leave files and directories out.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>What of the settings decides how a file is cut: a file indexed under another value is done anew.</summary>
    [JsonIgnore]
    public string ChunkingKey => $"v1:{ChunkSize}:{ChunkOverlap}";

    /// <summary>The sizes for the chunkers.</summary>
    [JsonIgnore]
    public ChunkSettings Chunks => new(ChunkSize, ChunkOverlap);

    /// <summary>False for what no caller can ask for, which stored settings may be if their file is damaged.</summary>
    [JsonIgnore]
    public bool IsPossible =>
        ChunkSize > 0 && ChunkOverlap >= 0
        && !Include.IsDefault && !Include.Contains(null!)
        && !Exclude.IsDefault && !Exclude.Contains(null!);

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, BrainJson.Default.FolderSettings);
}
