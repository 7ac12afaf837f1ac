using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Search;

/// <summary>A search, with its values in range.</summary>
internal sealed record SearchRequest
{
    /// <summary>The query text, 1 to 1000 characters.</summary>
    public required string Query { get; init; }

    /// <summary>How to answer.</summary>
    public SearchMode Mode { get; init; } = SearchMode.Hybrid;

    /// <summary>At most so many results.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>Results with a smaller score are left out, 0 to 1.</summary>
    public double SimilarityThreshold { get; init; }

    /// <summary>Only these source types (doc, code, test); empty for all.</summary>
    public ImmutableArray<string> SourceTypes { get; init; } = [];

    /// <summary>Only these language ids; empty for all.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>Only files whose path matches one of these globs; empty for all.</summary>
    public ImmutableArray<string> FilePaths { get; init; } = [];

    /// <summary>True to say of each result why it was found.</summary>
    public bool Explain { get; init; }

    /// <summary>Equal searches have equal keys.</summary>
    public string CacheKey() => string.Join(
        '\u001f',
        Query,
        Mode,
        TopK,
        SimilarityThreshold,
        string.Join('\u001e', SourceTypes),
        string.Join('\u001e', Languages),
        string.Join('\u001e', FilePaths),
        Explain);
}
