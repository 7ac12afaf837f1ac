namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>compare-search-modes</c>.</summary>
internal sealed class CompareSearchModesPrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "compare-search-modes",
        "Compare search modes",
        "Runs one query in every mode that this server has and compares the results.",
        [new("query", "The query.", IsRequired: true)]);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments)
    {
        var query = Quote(arguments["query"]);
        return $"""
            Compare the search modes of this server for the query {query}.

            1. Call search_documents(query={query}, mode="bm25", top_k=10, explain=true).
            2. Call search_documents(query={query}, mode="vector", top_k=10), search_documents(query={query}, mode="hybrid", top_k=10), search_documents(query={query}, mode="graph", top_k=10) and search_documents(query={query}, mode="multi", top_k=10). A mode that this server does not have is refused, or answered by another one: then 'mode' in the result differs from 'requested_mode', and 'notice' says why.
            3. Make a table of the first five results of each mode that really ran: rank, path and lines, score.
            4. Say which mode served this query best and why, and name the modes that are not available here.
            """;
    }
}
