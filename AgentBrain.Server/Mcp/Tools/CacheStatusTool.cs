using System.ComponentModel;
using System.Globalization;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>cache_status</c>.</summary>
internal sealed class CacheStatusTool(ToolEnvironment environment) : BrainTool<NoArguments, CacheStatusResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "cache_status",
        "Show the caches",
        "Shows the caches: search answers in memory with their hit rate, and parsed documents on disk with their size. Use it to judge clear_cache.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<CacheStatusResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken)
    {
        var cache = call.Caller.Brain.Cache();
        var asked = cache.Hits + cache.Misses;
        var result = new CacheStatusResult
        {
            Hits = cache.Hits,
            Misses = cache.Misses,
            HitRate = asked == 0 ? 0 : Math.Round((double)cache.Hits / asked, 4),
            MemEntries = cache.MemoryEntries,
            EntryCount = cache.Entries,
            SizeBytes = cache.SizeBytes,
        };
        return new(new ToolAnswer<CacheStatusResult>(result, string.Create(
            CultureInfo.InvariantCulture,
            $"From memory: {result.Hits} of {Counted.Of(asked, "search", "searches")}. Held: {Counted.Of(result.MemEntries, "answer")} in memory, {Counted.Of(result.EntryCount, "parsed document")} on disk ({Counted.Of(result.SizeBytes, "byte")}).")));
    }
}

/// <summary>The answer of <c>cache_status</c>.</summary>
internal sealed record CacheStatusResult
{
    /// <summary>Hits.</summary>
    [Description("Searches answered from memory since the start or the last clearing.")]
    public required long Hits { get; init; }

    /// <summary>Misses.</summary>
    [Description("Searches that had to be computed.")]
    public required long Misses { get; init; }

    /// <summary>The share of hits.</summary>
    [Description("Hits as a share of all searches, 0 to 1.")]
    public required double HitRate { get; init; }

    /// <summary>Answers held.</summary>
    [Description("Search answers held in memory.")]
    public required int MemEntries { get; init; }

    /// <summary>Documents held.</summary>
    [Description("Parsed documents held on disk.")]
    public required int EntryCount { get; init; }

    /// <summary>Their size.</summary>
    [Description("Size of the parsed documents in bytes.")]
    public required long SizeBytes { get; init; }
}
