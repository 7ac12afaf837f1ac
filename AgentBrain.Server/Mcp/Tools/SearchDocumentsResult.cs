using System.ComponentModel;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The answer of <c>search_documents</c>.</summary>
internal sealed record SearchDocumentsResult
{
    /// <summary>The query.</summary>
    [Description("The query as it was asked.")]
    public required string Query { get; init; }

    /// <summary>The mode used.</summary>
    [Description("How the query was answered; where it differs from requested_mode, notice says why.")]
    public required string Mode { get; init; }

    /// <summary>The mode asked for.</summary>
    [Description("The mode that was asked for.")]
    public required string RequestedMode { get; init; }

    /// <summary>What the caller should know.</summary>
    [Description("What to know about the mode.")]
    public string? Notice { get; init; }

    /// <summary>How many results.</summary>
    [Description("How many results are in this answer.")]
    public required int TotalResults { get; init; }

    /// <summary>Time taken.</summary>
    [Description("Time the search took on the server, in milliseconds.")]
    public required double QueryTimeMs { get; init; }

    /// <summary>The results.</summary>
    [Description("The results, best first.")]
    public required IReadOnlyList<SearchResultItem> Results { get; init; }
}
