namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>onboard-to-codebase</c>.</summary>
internal sealed class OnboardToCodebasePrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "onboard-to-codebase",
        "Get to know a codebase",
        "Introduces a newcomer to the indexed code, or to one area of it.",
        [new("area", "What to look at, for example 'authorization'; everything if not given.")]);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments)
    {
        var about = arguments.TryGetValue("area", out var area) ? $"the area {Quote(area)} of the indexed code" : "the indexed code";
        var query = Quote(area is null ? "getting started overview" : area + " overview");
        var code = Quote(area ?? "main entry point startup");
        return $"""
            Introduce me to {about}, as you would a new colleague.

            1. Call list_folders() and query_count() to see what there is.
            2. Call search_documents(query={query}, mode="hybrid", top_k=15, source_types=["doc"]).
            3. Call search_documents(query={code}, mode="hybrid", top_k=15, source_types=["code"]), then search for the main types by their names, and call search_documents(query={code}, mode="hybrid", top_k=10, source_types=["test"]) to see how it is tested.
            4. Tell me: what it is for, the words I need to know, the five files to read first and why, how to build and test it, and one small first task. Give paths and lines.
            """;
    }
}
