using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>clear_cache</c>.</summary>
internal sealed class ClearCacheTool(ToolEnvironment environment) : BrainTool<ClearCacheArguments, ClearCacheResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "clear_cache",
        "Clear the caches",
        "Empties the caches of search answers and parsed documents. The index stays; the next indexing parses documents anew. Needs confirm=true, so ask the user first.",
        ToolTraits.Destroys);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ClearCacheResult>> AnswerAsync(ToolCall<ClearCacheArguments> call, CancellationToken cancellationToken)
    {
        var before = call.Caller.Brain.ClearCache();
        var result = new ClearCacheResult
        {
            Count = before.Entries + before.MemoryEntries,
            SizeBytes = before.SizeBytes,
            SizeMb = Math.Round(before.SizeBytes / (1024.0 * 1024.0), 2),
        };
        return new(new ToolAnswer<ClearCacheResult>(
            result,
            $"Dropped {Counted.Of(before.MemoryEntries, "search answer")} and {Counted.Of(before.Entries, "parsed document")} ({Counted.Of(result.SizeBytes, "byte")}). Indexed content stays."));
    }
}

/// <summary>The arguments of <c>clear_cache</c>.</summary>
internal sealed record ClearCacheArguments
{
    /// <summary>The confirmation.</summary>
    [Required]
    [AllowedValues(true)]
    [Description("Must be true.")]
    public bool Confirm { get; init; }
}

/// <summary>The answer of <c>clear_cache</c>.</summary>
internal sealed record ClearCacheResult
{
    /// <summary>Entries dropped.</summary>
    [Description("Entries dropped: search answers and parsed documents.")]
    public required int Count { get; init; }

    /// <summary>Their size.</summary>
    [Description("Size of the parsed documents that were dropped, in bytes.")]
    public required long SizeBytes { get; init; }

    /// <summary>Their size in megabytes.</summary>
    [Description("The same in MiB.")]
    public required double SizeMb { get; init; }
}
