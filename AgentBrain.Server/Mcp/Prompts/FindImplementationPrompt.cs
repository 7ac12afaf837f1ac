namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>find-implementation</c>.</summary>
internal sealed class FindImplementationPrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "find-implementation",
        "Find an implementation",
        "Finds where a feature is implemented in the indexed code.",
        [new("feature", "The feature in a few words, for example 'refresh token rotation'.", IsRequired: true)]);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments)
    {
        var feature = arguments["feature"];
        return $"""
            Find where {Quote(feature)} is implemented in the indexed code.

            1. Call search_documents(query={Quote(feature)}, mode="hybrid", top_k=20, source_types=["code"]).
            2. Think of the names that code would give it (types, functions, settings, error messages) and call search_documents once for each of the two or three best.
            3. Call search_documents(query={Quote(feature)}, mode="hybrid", top_k=10, source_types=["doc", "test"]) for what documents and tests say of it.
            4. Answer with the entry point, the main types and functions with path and lines, and how they work together. Quote no more than you need, and say what you did not find.
            """;
    }
}
