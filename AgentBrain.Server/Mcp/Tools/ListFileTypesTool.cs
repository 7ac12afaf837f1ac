using System.Collections.Immutable;
using System.ComponentModel;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>list_file_types</c>.</summary>
internal sealed class ListFileTypesTool(ToolEnvironment environment, IFileTypeCatalog fileTypes) : BrainTool<NoArguments, ListFileTypesResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "list_file_types",
        "List file types",
        "Lists the kinds of files that are indexed: presets with their globs, and the valid values for languages and source_types of search_documents.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ListFileTypesResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken) => new(new ToolAnswer<ListFileTypesResult>(
        new ListFileTypesResult
        {
            Presets = fileTypes.Presets,
            PresetCount = fileTypes.Presets.Count,
            ExtensionCount = fileTypes.ExtensionCount,
            Languages = fileTypes.Languages,
            SourceTypes = fileTypes.SourceTypes,
        },
        $"{fileTypes.Presets.Count} presets, {fileTypes.ExtensionCount} file extensions. Languages: {string.Join(", ", fileTypes.Languages)}. Source types: {string.Join(", ", fileTypes.SourceTypes)}."));
}

/// <summary>The answer of <c>list_file_types</c>.</summary>
internal sealed record ListFileTypesResult
{
    /// <summary>The presets.</summary>
    [Description("Globs by preset.")]
    public required IReadOnlyDictionary<string, ImmutableArray<string>> Presets { get; init; }

    /// <summary>How many presets.</summary>
    [Description("How many presets there are.")]
    public required int PresetCount { get; init; }

    /// <summary>How many extensions.</summary>
    [Description("How many file extensions are known.")]
    public required int ExtensionCount { get; init; }

    /// <summary>Languages.</summary>
    [Description("Valid values for languages.")]
    public required IReadOnlyList<string> Languages { get; init; }

    /// <summary>Source types.</summary>
    [Description("Valid values for source_types.")]
    public required IReadOnlyList<string> SourceTypes { get; init; }
}
