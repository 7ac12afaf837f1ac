namespace AgentBrain.Server.Authorization;

/// <summary>Which generation of the protocol a request speaks.</summary>
internal static class ProtocolVersion
{
    /// <summary>The header.</summary>
    public const string Header = "MCP-Protocol-Version";

    /// <summary>The header that names a session.</summary>
    public const string SessionHeader = "Mcp-Session-Id";

    /// <summary>
    /// True only for exactly 2026-07-28, which has no sessions and whose session header the SDK ignores. Anything else, also a
    /// later revision, is taken for one with sessions: where the two could disagree, the binding is checked once too often.
    /// </summary>
    public static bool IsStateless(HttpRequest request) =>
        request.Headers[Header] is [var version] && string.Equals(version, "2026-07-28", StringComparison.Ordinal);

    /// <summary>True for a method that 2026-07-28 took away, in a request of that revision: there it is unknown, whatever its parameters are.</summary>
    public static bool Lacks(HttpRequest request, string method) =>
        IsStateless(request) && method is ("initialize" or "ping" or "logging/setLevel" or "resources/subscribe" or "resources/unsubscribe");
}
