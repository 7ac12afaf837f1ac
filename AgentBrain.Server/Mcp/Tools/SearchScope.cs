using System.Collections.Immutable;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Search;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>Reads the words of a search: modes, languages and source types.</summary>
internal static class SearchScope
{
    /// <summary>The mode behind a word of the enumeration; <c>semantic</c> is another word for <c>vector</c>.</summary>
    public static SearchMode ModeOf(string word) => word switch
    {
        "bm25" => SearchMode.Bm25,
        "vector" or "semantic" => SearchMode.Vector,
        "graph" => SearchMode.Graph,
        "multi" => SearchMode.Multi,
        _ => SearchMode.Hybrid,
    };

    /// <summary>The word for a mode.</summary>
    public static string WordOf(SearchMode mode) => mode.ToString().ToLowerInvariant();

    /// <summary>The words in lower case, all of them known.</summary>
    /// <exception cref="ToolRefusedException">One is not; the message lists those that are.</exception>
    public static ImmutableArray<string> Known(string argument, ImmutableArray<string>? words, ImmutableArray<string> known)
    {
        foreach (var word in words ?? [])
        {
            if (!known.Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                throw ToolRefusedException.Argument(
                    "not_one_of",
                    argument,
                    $"{argument} holds {Given.Text(word)}, which is none of: {string.Join(", ", known)}.");
            }
        }

        return [.. (words ?? []).Select(word => word.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// The path patterns in the index's terms. Callers on this machine are shown absolute paths, so they may write patterns with them;
    /// an absolute pattern that is below no root stays as it is.
    /// </summary>
    public static ImmutableArray<string> Globs(ImmutableArray<string>? patterns, BrainPaths paths) =>
        [.. (patterns ?? []).Select(pattern => Path.IsPathFullyQualified(pattern) && paths.TryResolve(pattern) is { } path ? path.Display : pattern)];
}
