using System.Collections.Immutable;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Mcp;

/// <summary>The catalog of the file types that the brain indexes.</summary>
internal sealed class FileTypeCatalog : IFileTypeCatalog
{
    /// <inheritdoc />
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Presets { get; } =
        FileTypePreset.All.ToImmutableSortedDictionary(preset => preset.Name, preset => preset.Globs, StringComparer.Ordinal);

    /// <inheritdoc />
    public int ExtensionCount => FileTypes.ExtensionCount;

    /// <inheritdoc />
    public ImmutableArray<string> Languages { get; } = [.. FileTypes.Languages];

    /// <inheritdoc />
    public ImmutableArray<string> SourceTypes { get; } = [SourceType.Doc, SourceType.Code, SourceType.Test];
}
