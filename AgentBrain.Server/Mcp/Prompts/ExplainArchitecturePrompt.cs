using System.Globalization;
using ModelContextProtocol;

namespace AgentBrain.Server.Mcp.Prompts;

/// <summary><c>explain-architecture</c>.</summary>
internal sealed class ExplainArchitecturePrompt() : BrainPrompt(Definition)
{
    private static readonly PromptDefinition Definition = new(
        "explain-architecture",
        "Explain an architecture",
        "Explains the parts of an indexed folder and how they work together.",
        [
            new("folder", "The folder as list_folders shows it, or a folder inside of it.", IsRequired: true),
            new("depth", "How many levels of folders to explain, 1 to 5; 2 if not given."),
        ]);

    /// <inheritdoc />
    protected override string Write(IReadOnlyDictionary<string, string> arguments)
    {
        var folder = arguments["folder"].TrimEnd('/', '\\');
        var depth = 2;
        if (arguments.TryGetValue("depth", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out depth) || depth is < 1 or > 5))
        {
            throw new McpProtocolException($"depth must be a whole number between 1 and 5; {Tools.Contracts.Given.Text(text)} was given.", McpErrorCode.InvalidParams);
        }

        var glob = Quote(folder + "/**");
        return $"""
            Explain the architecture of the folder {Quote(folder)}, {depth} levels of folders deep.

            1. Call list_folders() and check that it is indexed. If it is not, say so and offer index_folder(folder_path={Quote(folder)}).
            2. Call search_documents(query="architecture overview design", mode="hybrid", top_k=20, source_types=["doc"], file_paths=[{glob}]).
            3. Call search_documents(query="main entry point startup configuration", mode="hybrid", top_k=20, source_types=["code"], file_paths=[{glob}]), then search for the parts that you find by their names.
            4. Explain: what it is for, its parts with their paths, who calls whom, where data is kept, what comes from outside. Say of each statement which file shows it.
            """;
    }
}
