using System.Collections.Immutable;
using AgentBrain.Server.Brains;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>All resources of a brain. The lists are the same for every caller and every brain.</summary>
/// <param name="resources">The resources with a URI of their own, in the order they are listed.</param>
/// <param name="templates">The templates, in the order they are listed.</param>
internal sealed class ResourceCatalog(IEnumerable<IStaticResource> resources, IEnumerable<ITemplatedResource> templates)
{
    private readonly ImmutableArray<IStaticResource> _resources = [.. resources];
    private readonly ImmutableArray<ITemplatedResource> _templates = [.. templates];

    /// <summary>The answer to <c>resources/list</c>.</summary>
    public IList<Resource> Resources() => [.. _resources.Select(resource => resource.Entry)];

    /// <summary>The answer to <c>resources/templates/list</c>.</summary>
    public IList<ResourceTemplate> Templates() => [.. _templates.Select(template => template.Entry)];

    /// <summary>True if a URI is of a kind that can be read; says nothing on whether there is something behind it.</summary>
    public bool Knows(ResourceUri uri) => ReaderOf(uri) is not null;

    /// <summary>Reads a URI.</summary>
    /// <exception cref="BrainException">Nothing is there (<c>not_found</c>, whatever the reason), or the URI is malformed.</exception>
    public ResourceContents Read(string? text, CallContext caller)
    {
        var uri = ResourceUri.TryParse(text);
        var reader = uri is null ? null : ReaderOf(uri);
        return reader?.Read(uri!, caller) ?? throw new BrainException(
            BrainFault.NotFound,
            ResourceErrors.NotFound,
            "There is no such resource: resources/list and resources/templates/list show what can be read.");
    }

    private IResourceReader? ReaderOf(ResourceUri uri) =>
        (IResourceReader?)_resources.FirstOrDefault(resource => resource.Owns(uri)) ?? _templates.FirstOrDefault(template => template.Owns(uri));
}
