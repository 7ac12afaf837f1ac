using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary><c>corpus://providers</c>: which models and stores are in use, so that a caller knows which search modes answer.</summary>
internal sealed class ProvidersResource() : CorpusResource<ProvidersDocument>(
    "providers",
    "Providers",
    "Embedding, reranking, graph and storage providers, and the search modes that are available with them.",
    ResourceJson.Readable.ProvidersDocument)
{
    /// <inheritdoc />
    protected override ProvidersDocument Describe(CallContext caller) => new(
        new ProviderDocument("none", null),
        new ProviderDocument("none", null),
        new ProviderDocument("none", null),
        new ProviderDocument(StorageNames.Backend, null),
        ["bm25"],
        ["hybrid", "multi"]);
}

/// <summary>The document of <see cref="ProvidersResource"/>.</summary>
/// <param name="Embedding">The embedding provider.</param>
/// <param name="Reranker">The reranker.</param>
/// <param name="Graph">The graph extractor.</param>
/// <param name="Storage">The storage.</param>
/// <param name="SearchModes">The modes that are answered as asked.</param>
/// <param name="SearchModesAnsweredByBm25">The modes that are answered by terms alone, with a notice.</param>
internal sealed record ProvidersDocument(
    ProviderDocument Embedding,
    ProviderDocument Reranker,
    ProviderDocument Graph,
    ProviderDocument Storage,
    ImmutableArray<string> SearchModes,
    ImmutableArray<string> SearchModesAnsweredByBm25);

/// <summary>A provider; <c>none</c> if there is none.</summary>
internal sealed record ProviderDocument(string Provider, string? Model);
