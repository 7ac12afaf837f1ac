namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>find-callers</c>.</summary>
internal sealed class FindCallersPrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "find-callers",
        "Find callers",
        "Finds the places in the indexed code that call or use a symbol.",
        [
            new("symbol", "The function, method, class or property, for example ReplayStore.TryAdd.", IsRequired: true),
            new("language", "Only code in this language, for example csharp."),
        ]);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments)
    {
        var symbol = arguments["symbol"];
        var simple = symbol[(symbol.LastIndexOf('.') + 1)..];
        var languages = arguments.TryGetValue("language", out var language) ? $", languages=[{Quote(language)}]" : "";

        // The second search would be the first once more for a name without a dot.
        var second = simple == symbol || simple.Length == 0
            ? "2. Go through all of its results, also those in tests."
            : $"""2. Call search_documents(query={Quote(simple)}, mode="bm25", top_k=50, source_types=["code", "test"]{languages}) as well: callers seldom write the qualified name.""";
        return $"""
            Find every place that calls or uses the symbol {Quote(symbol)} in the indexed code.

            1. Call search_documents(query={Quote(symbol)}, mode="bm25", top_k=50, source_types=["code", "test"]{languages}).
            {second}
            3. Leave out the definition itself: a result whose metadata has symbol_name {Quote(symbol)} is where it is defined. Leave out comments and names that only look alike.
            4. List the callers by file: path, lines, the calling symbol (metadata symbol_name), and the line with the call. Say of doubtful ones why they are doubtful, and say that a search by terms can miss calls through reflection or generated code.
            """;
    }
}
