using AgentBrain.Server.Brains;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>
/// <c>graph-entity://{type}/{id}</c>: the template is a published commitment; this version builds no graph and says so. The id may
/// contain slashes.
/// </summary>
internal sealed class GraphEntityResource : ITemplatedResource
{
    /// <inheritdoc />
    public ResourceTemplate Entry { get; } = new()
    {
        UriTemplate = "graph-entity://{type}/{id}",
        Name = "graph-entity",
        Title = "Graph entity",
        Description = "One entity of the knowledge graph with its neighbours. This version does not build a graph, so reading one fails with graph_not_available.",
        MimeType = Contents.Json,
    };

    /// <inheritdoc />
    public bool Owns(ResourceUri uri) => uri.Scheme == "graph-entity";

    /// <inheritdoc />
    public ResourceContents? Read(ResourceUri uri, CallContext caller)
    {
        var slash = uri.Rest.IndexOf('/', StringComparison.Ordinal);
        var type = Uri.UnescapeDataString(slash < 0 ? uri.Rest : uri.Rest[..slash]);
        if (type.Length == 0)
        {
            throw new BrainException(BrainFault.InvalidArgument, "missing_type", "The URI names no entity type: write graph-entity://<type>/<id>.");
        }

        if (slash < 0 || slash == uri.Rest.Length - 1)
        {
            throw new BrainException(BrainFault.InvalidArgument, "missing_id", "The URI names no entity: write graph-entity://<type>/<id>.");
        }

        // URI libraries put an authority into lower case.
        if (!EntityTypes.All.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new BrainException(BrainFault.InvalidArgument, "unknown_entity_type", $"There is no such entity type. The types are: {string.Join(", ", EntityTypes.All)}.");
        }

        throw new BrainException(
            BrainFault.Unavailable,
            "graph_not_available",
            "This version does not build a graph: use search_documents with mode=bm25 and the entity's name.");
    }
}
