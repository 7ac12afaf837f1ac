using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>explain_result</c>.</summary>
internal sealed class ExplainResultTool(ToolEnvironment environment) : BrainTool<ExplainResultArguments, ExplainResultResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "explain_result",
        "Explain a search result",
        "Says why one chunk was found for a query: which terms it has and what each weighs. Use it with the query and a chunk_id of search_documents when a result surprises; to have all results explained, call search_documents with explain=true instead.",
        ToolTraits.ReadsContent);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<ExplainResultResult>> AnswerAsync(ToolCall<ExplainResultArguments> call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var caller = call.Caller;
        var (response, found) = caller.Brain.Explain(
            new SearchRequest { Query = arguments.Query, Mode = SearchScope.ModeOf(arguments.Mode), TopK = arguments.TopK },
            arguments.ChunkId,
            cancellationToken);
        if (found is not { Explanation: { } explanation } hit)
        {
            throw NotInResults(caller.Brain, arguments);
        }

        var result = new ExplainResultResult
        {
            ChunkId = hit.Chunk.Id,
            Text = hit.Chunk.Text,
            Source = caller.Show(hit.Chunk.File),
            Score = hit.Score,
            Rank = response.Hits.TakeWhile(other => other.Chunk.Id != hit.Chunk.Id).Count() + 1,
            Reason = explanation.Reason,
            MatchedTerms = explanation.MatchedTerms,
            Fusion = explanation.Contributions,
            Mode = SearchScope.WordOf(response.ModeUsed),
            RequestedMode = arguments.Mode,
            Notice = response.Notice,
        };
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.ChunkId} is result {result.Rank} with score {result.Score:0.###}. {result.Reason} Terms: {string.Join(", ", result.MatchedTerms)}.\n{QuotedText.Warning}\n{Given.OneLine(result.Source, 240)}\n{SearchText.Excerpt(result.Text, result.ChunkId)}");
        return new(new ToolAnswer<ExplainResultResult>(result, text, ContentOrigin.OfIndex(caller.Brain.Name)));
    }

    private static ToolRefusedException NotInResults(OpenBrain brain, ExplainResultArguments arguments)
    {
        var id = Given.Text(arguments.ChunkId);
        var data = new JsonObject { ["argument"] = "chunk_id", ["chunk_id"] = Given.OneLine(arguments.ChunkId, 64), ["top_k"] = arguments.TopK };
        return brain.Chunk(arguments.ChunkId) is null
            ? new(BrainFault.NotFound, "chunk_not_found", $"chunk_id {id} is not in the index: take one from the results of search_documents; re-indexing a file may have changed its chunks.", data)
            : new(BrainFault.NotFound, "chunk_not_in_results", $"chunk_id {id} is not among the first {arguments.TopK} results of this query: raise top_k (at most 200) or use the query that found it.", data);
    }
}

/// <summary>The arguments of <c>explain_result</c>.</summary>
internal sealed record ExplainResultArguments
{
    /// <summary>The query.</summary>
    [Required]
    [Length(1, 1000)]
    [Description("The query that found the chunk.")]
    public string Query { get; init; } = "";

    /// <summary>The chunk.</summary>
    [Required]
    [Length(1, 128)]
    [Description("The chunk_id of a result.")]
    public string ChunkId { get; init; } = "";

    /// <summary>How to search.</summary>
    [AllowedValues("bm25", "vector", "semantic", "hybrid", "graph", "multi")]
    [Description("The mode that found it.")]
    public string Mode { get; init; } = "hybrid";

    /// <summary>How many results are looked at.</summary>
    [Range(1, 200)]
    [Description("How many of the best results are looked at.")]
    public int TopK { get; init; } = 50;

    /// <summary>The share of meaning in hybrid.</summary>
    [Range(0.0, 1.0)]
    [Description("As in search_documents.")]
    public double Alpha { get; init; } = 0.5;
}
