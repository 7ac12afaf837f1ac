using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp;

/// <summary>
/// The mark on everything that carries text of indexed files, in results of tools and in contents of resources alike: data that others
/// wrote, in which instructions may hide.
/// </summary>
internal static class ContentOrigin
{
    /// <summary>The member of <c>_meta</c>: an object with <c>trust</c>, always <c>untrusted</c>, and <c>source</c>.</summary>
    public const string MetaKey = "agent-brain/content";

    /// <summary>The <c>_meta</c> of such a content.</summary>
    /// <param name="source">Where it is from: a path as the caller is shown it, or the index of a brain.</param>
    public static JsonObject Meta(string source) => new() { [MetaKey] = new JsonObject { ["trust"] = "untrusted", ["source"] = source } };

    /// <summary>The <c>_meta</c> of what was found in a brain's index.</summary>
    public static JsonObject OfIndex(string brain) => Meta($"index of the brain '{brain}'");
}
