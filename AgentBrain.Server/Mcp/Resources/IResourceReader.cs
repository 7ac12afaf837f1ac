using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>Reads what one resource, or all resources of one template, hold.</summary>
internal interface IResourceReader
{
    /// <summary>True if a URI is this reader's, also when the URI is malformed beyond its scheme.</summary>
    bool Owns(ResourceUri uri);

    /// <summary>What the URI holds for this caller now; null if there is nothing, whatever the reason.</summary>
    /// <exception cref="Brains.BrainException">The URI is malformed, or a part the answer needs is missing or failed.</exception>
    ResourceContents? Read(ResourceUri uri, CallContext caller);
}

/// <summary>A resource with a URI of its own.</summary>
internal interface IStaticResource : IResourceReader
{
    /// <summary>Its entry in <c>resources/list</c>.</summary>
    Resource Entry { get; }
}

/// <summary>Resources whose URIs follow a template.</summary>
internal interface ITemplatedResource : IResourceReader
{
    /// <summary>Their entry in <c>resources/templates/list</c>.</summary>
    ResourceTemplate Entry { get; }
}
