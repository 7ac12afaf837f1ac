using System.Collections.Frozen;
using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Authorization;

/// <summary>An MCP endpoint: one brain, its path and the URI that names it.</summary>
/// <param name="Brain">The brain's name.</param>
/// <param name="Path">The path of the endpoint, compared ordinally.</param>
/// <param name="Uri">The resource URI, from the configured URL and never from the request.</param>
internal sealed record ProtectedResource(string Brain, string Path, string Uri)
{
    /// <summary>The resource that a request is for, once the pipeline has found it.</summary>
    public static ProtectedResource? Of(HttpContext context) => context.Features.Get<ProtectedResource>();
}

/// <summary>All resources of the server.</summary>
internal sealed class ResourceMap
{
    private readonly FrozenDictionary<string, ProtectedResource> _byPath;

    /// <summary>Names a resource for each brain.</summary>
    public ResourceMap(IEnumerable<BrainDefinition> brains, string baseUrl)
    {
        _byPath = brains.Select(brain => brain.Name)
            .Select(name => (Name: name, Path: name == BrainDefinition.DefaultName ? "/mcp" : $"/brains/{name}/mcp"))
            .ToFrozenDictionary(item => item.Path, item => new ProtectedResource(item.Name, item.Path, baseUrl + item.Path), StringComparer.Ordinal);
    }

    /// <summary>All resources.</summary>
    public IEnumerable<ProtectedResource> All => _byPath.Values;

    /// <summary>The resource at a path, if there is one.</summary>
    public ProtectedResource? Find(string? path) => path is null ? null : _byPath.GetValueOrDefault(path);
}
