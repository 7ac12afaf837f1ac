using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentBrain.Server.Brains.Search;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The arguments of <c>search_documents</c>.</summary>
internal sealed record SearchDocumentsArguments
{
    /// <summary>The query.</summary>
    [Required]
    [Length(1, 1000)]
    [Description("What to look for: words, identifiers or a question. Plain text; there is no query syntax.")]
    public string Query { get; init; } = "";

    /// <summary>How to search.</summary>
    [AllowedValues("bm25", "vector", "semantic", "hybrid", "graph", "multi")]
    [Description("How to search. semantic is another word for vector.")]
    public string Mode { get; init; } = "hybrid";

    /// <summary>Most results.</summary>
    [Range(1, 100)]
    [Description("At most so many results.")]
    public int TopK { get; init; } = 10;

    /// <summary>Least score.</summary>
    [Range(0.0, 1.0)]
    [Description("Leaves out results with a smaller score; scores are relative to the best result, which has 1.")]
    public double SimilarityThreshold { get; init; }

    /// <summary>The share of meaning in hybrid.</summary>
    [Range(0.0, 1.0)]
    [Description("In hybrid mode, the share of vector search against bm25: 0 is bm25 alone, 1 is vector alone. Without effect when 'mode' in the result is bm25.")]
    public double Alpha { get; init; } = 0.5;

    /// <summary>Kinds of source.</summary>
    [Length(0, 10)]
    [Description("Only these kinds of source: doc, code, test.")]
    public ImmutableArray<string>? SourceTypes { get; init; }

    /// <summary>Languages.</summary>
    [Length(0, 50)]
    [Description("Only these languages, for example csharp, python, markdown; list_file_types has them all.")]
    public ImmutableArray<string>? Languages { get; init; }

    /// <summary>Paths.</summary>
    [Length(0, SearchFilter.MaxPathPatterns)]
    [Description("Only files whose path matches one of these globs, for example '**/docs/*.md', or '<folder>/**' with a folder as list_folders shows it.")]
    public ImmutableArray<string>? FilePaths { get; init; }

    /// <summary>Whether to explain.</summary>
    [Description("True to have each result say why it was found.")]
    public bool Explain { get; init; }
}
