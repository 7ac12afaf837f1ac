using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace AgentBrain.OAuth.Resources;

/// <summary>All resources of the server, by path and by URI.</summary>
public sealed partial class ResourceMap
{
    /// <summary>The name of the brain behind <c>/mcp</c>.</summary>
    public const string DefaultBrain = "default";

    private const string Prefix = "/brains/";
    private const string Suffix = "/mcp";

    private readonly string _baseUrl;
    private readonly FrozenDictionary<string, ProtectedResource> _byPath;
    private readonly FrozenSet<string> _uris;

    /// <summary>Names a resource for each brain.</summary>
    /// <param name="brains">The names.</param>
    /// <param name="baseUrl">The public URL, without a trailing slash.</param>
    public ResourceMap(IEnumerable<string> brains, string baseUrl)
    {
        _baseUrl = baseUrl;
        _byPath = brains.Select(Make).ToFrozenDictionary(resource => resource.Path, StringComparer.Ordinal);
        _uris = _byPath.Values.Select(resource => resource.Uri).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>All resources.</summary>
    public IEnumerable<ProtectedResource> All => _byPath.Values;

    /// <summary>True for the URI of one of our resources.</summary>
    public bool IsOurs(string uri) => _uris.Contains(uri);

    /// <summary>The resource of a brain that there is.</summary>
    public ProtectedResource Of(string brain) => _byPath[PathOf(brain)];

    /// <summary>The resource at a path, if there is one.</summary>
    public ProtectedResource? Find(string? path) => path is null ? null : _byPath.GetValueOrDefault(path);

    /// <summary>
    /// What a path of the right form would name if there were such a brain; <c>null</c> for any other path, and for a brain that exists.
    /// </summary>
    public ProtectedResource? Imagine(string? path)
    {
        if (path is null || !path.StartsWith(Prefix, StringComparison.Ordinal) || !path.EndsWith(Suffix, StringComparison.Ordinal) || path.Length <= Prefix.Length + Suffix.Length)
            return null;

        var name = path[Prefix.Length..^Suffix.Length];
        return IsName(name) && !_byPath.ContainsKey(path) ? Make(name, path) with { Exists = false } : null;
    }

    /// <summary>Is it a name that a brain may have?</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    private static string PathOf(string name) => name == DefaultBrain ? Suffix : Prefix + name + Suffix;

    private ProtectedResource Make(string name) => Make(name, PathOf(name));

    private ProtectedResource Make(string name, string path) =>
        new(name, path, _baseUrl + path, _baseUrl + ProtectedResource.WellKnownPath + path);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
