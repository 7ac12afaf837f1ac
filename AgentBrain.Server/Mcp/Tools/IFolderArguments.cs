using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>How a call wants a folder indexed.</summary>
internal interface IFolderArguments
{
    /// <summary>Whether code is indexed.</summary>
    bool IncludeCode { get; }

    /// <summary>Target size of a chunk.</summary>
    int? ChunkSize { get; }

    /// <summary>Overlap of chunks.</summary>
    int? ChunkOverlap { get; }

    /// <summary>Globs of which a file must match one.</summary>
    ImmutableArray<string>? IncludePatterns { get; }

    /// <summary>Globs that leave files and folders out.</summary>
    ImmutableArray<string>? ExcludePatterns { get; }
}
