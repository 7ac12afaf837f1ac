using System.ComponentModel;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>query_count</c>.</summary>
internal sealed class QueryCountTool(ToolEnvironment environment) : BrainTool<NoArguments, QueryCountResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "query_count",
        "Count indexed content",
        "Counts the documents (files) and chunks in the index. Use it to see whether anything is indexed before searching; 0 documents means that index_folder comes first.",
        ToolTraits.Reads);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<QueryCountResult>> AnswerAsync(ToolCall<NoArguments> call, CancellationToken cancellationToken)
    {
        var counts = call.Caller.Brain.Count();
        return new(new ToolAnswer<QueryCountResult>(
            new QueryCountResult { TotalDocuments = counts.Documents, TotalChunks = counts.Chunks },
            $"Indexed: {Counted.Of(counts.Documents, "document")} in {Counted.Of(counts.Chunks, "chunk")}."));
    }
}

/// <summary>How much is indexed.</summary>
internal sealed record QueryCountResult
{
    /// <summary>Files.</summary>
    [Description("Indexed files.")]
    public required int TotalDocuments { get; init; }

    /// <summary>Chunks.</summary>
    [Description("Chunks that the files were cut into.")]
    public required int TotalChunks { get; init; }
}
