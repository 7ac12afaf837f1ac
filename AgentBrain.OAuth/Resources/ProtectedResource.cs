namespace AgentBrain.OAuth.Resources;

/// <summary>A protected resource in the sense of RFC 9728: one brain's MCP endpoint, and the URI that names it in tokens.</summary>
/// <param name="Brain">The brain's name, <c>[a-z0-9][a-z0-9-]{0,62}</c>.</param>
/// <param name="Path">The path of the endpoint, compared ordinally.</param>
/// <param name="Uri">The resource URI (RFC 8707 §2), made from the configured URL and never from a request.</param>
/// <param name="MetadataUri">Where the resource's metadata is (RFC 9728 §3.1): the well-known path with the resource's path after it.</param>
public sealed record ProtectedResource(string Brain, string Path, string Uri, string MetadataUri)
{
    /// <summary>The well-known path, behind which the resource's own stands (RFC 9728 §3.1).</summary>
    public const string WellKnownPath = "/.well-known/oauth-protected-resource";

    /// <summary>False for a name that no brain has. A stranger gets the same answers as for one that has, until a token would be needed.</summary>
    public bool Exists { get; init; } = true;
}
