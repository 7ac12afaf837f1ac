using AgentBrain.Server.Brains.Search;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary><c>search_documents</c>.</summary>
internal sealed class SearchDocumentsTool(ToolEnvironment environment, IFileTypeCatalog fileTypes)
    : BrainTool<SearchDocumentsArguments, SearchDocumentsResult>(Definition, environment)
{
    private static readonly ToolDefinition Definition = new(
        "search_documents",
        "Search the index",
        "Searches the indexed documents and code, and returns the best matching chunks with their file, lines and text. Take it for any question about the indexed content. "
        + "Use the words that the text would use: names of functions, types, settings, error messages, headings; identifiers are also found by their parts (ReplayStore by 'replay store'). "
        + "mode says how: bm25 by terms; vector (also called semantic) by meaning; hybrid by both; graph by relations; multi by all. hybrid and multi use what this server has, and 'notice' says so. "
        + "Narrow with languages, source_types or file_paths. Nothing found? Try other words, then list_folders to see what is indexed.",
        ToolTraits.ReadsContent);

    /// <inheritdoc />
    protected override ValueTask<ToolAnswer<SearchDocumentsResult>> AnswerAsync(ToolCall<SearchDocumentsArguments> call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var caller = call.Caller;
        var response = caller.Brain.Search(
            new SearchRequest
            {
                Query = arguments.Query,
                Mode = SearchScope.ModeOf(arguments.Mode),
                TopK = arguments.TopK,
                SimilarityThreshold = arguments.SimilarityThreshold,
                SourceTypes = SearchScope.Known("source_types", arguments.SourceTypes, fileTypes.SourceTypes),
                Languages = SearchScope.Known("languages", arguments.Languages, fileTypes.Languages),
                FilePaths = SearchScope.Globs(arguments.FilePaths, caller.Brain.Paths),
                Explain = arguments.Explain,
            },
            cancellationToken);
        var result = new SearchDocumentsResult
        {
            Query = arguments.Query,
            Mode = SearchScope.WordOf(response.ModeUsed),
            RequestedMode = arguments.Mode,
            Notice = response.Notice,
            TotalResults = response.Hits.Length,
            QueryTimeMs = Math.Round(response.Elapsed.TotalMilliseconds, 3),
            Results = [.. response.Hits.Select(hit => SearchResultItem.From(hit, caller))],
        };
        return new(new ToolAnswer<SearchDocumentsResult>(result, SearchText.Write(result), ContentOrigin.OfIndex(caller.Brain.Name)));
    }
}
