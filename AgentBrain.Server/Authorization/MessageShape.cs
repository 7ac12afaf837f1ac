namespace AgentBrain.Server.Authorization;

/// <summary>
/// The property names that decide about a message, and where each method keeps what it acts on. Both readers of messages use it:
/// the gate's, which sees the bytes, and the dispatch guard's, which sees what the SDK made of them.
/// </summary>
internal static class MessageShape
{
    /// <summary>Names of the message itself. The SDK compares these exactly; another case would be ignored, and is refused.</summary>
    public static readonly string[] Message = ["jsonrpc", "id", "method", "params", "result", "error"];

    /// <summary>Names within <c>params</c>. The SDK takes them in any case, and the last one wins.</summary>
    public static readonly string[] Params = ["name", "uri", "notifications", "arguments", "_meta", "ref", "argument", "cursor", "level", "protocolVersion"];

    /// <summary>Names within <c>params.notifications</c>.</summary>
    public static readonly string[] Notifications = ["resourceSubscriptions", "toolsListChanged", "promptsListChanged", "resourcesListChanged"];

    /// <summary>Where the name of a tool or prompt stands.</summary>
    public const string Name = "name";

    /// <summary>Where a resource's URI stands.</summary>
    public const string Uri = "uri";

    /// <summary>Does the method act on a named tool or prompt?</summary>
    public static bool HasName(string method) => method is "tools/call" or "prompts/get";

    /// <summary>Does the method act on one resource?</summary>
    public static bool HasUri(string method) => method is "resources/read" or "resources/subscribe" or "resources/unsubscribe";

    /// <summary>Does the method act on a set of resources?</summary>
    public static bool HasSubscriptions(string method) => method == "subscriptions/listen";

    /// <summary>Throws when a name is one of <paramref name="known"/> but for its case.</summary>
    /// <exception cref="OperationException">It is.</exception>
    public static void RefuseOtherCase(string name, string[] known)
    {
        foreach (var expected in known)
        {
            if (string.Equals(name, expected, StringComparison.OrdinalIgnoreCase) && !string.Equals(name, expected, StringComparison.Ordinal))
                throw OperationException.Ambiguous();
        }
    }
}
