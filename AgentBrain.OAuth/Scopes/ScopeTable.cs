using System.Collections.Frozen;

namespace AgentBrain.OAuth.Scopes;

/// <summary>
/// The one table of who may do what. What is not in it is refused. Names compare ordinally, as the SDK compares them.
/// </summary>
public static class ScopeTable
{
    /// <summary>Tools and the scope each needs.</summary>
    public static FrozenDictionary<string, ScopeSet> Tools { get; } = new Dictionary<string, ScopeSet>(StringComparer.Ordinal)
    {
        ["search_documents"] = ScopeSet.Read,
        ["query_count"] = ScopeSet.Read,
        ["explain_result"] = ScopeSet.Read,
        ["server_health"] = ScopeSet.Read,
        ["list_folders"] = ScopeSet.Read,
        ["list_file_types"] = ScopeSet.Read,
        ["cache_status"] = ScopeSet.Read,
        ["list_jobs"] = ScopeSet.Read,
        ["get_job"] = ScopeSet.Read,
        ["whoami"] = ScopeSet.Read,
        ["index_folder"] = ScopeSet.Index,
        ["add_documents"] = ScopeSet.Index,
        ["inject_documents"] = ScopeSet.Index,
        ["wait_for_job"] = ScopeSet.Index,
        ["cancel_job"] = ScopeSet.Admin,
        ["remove_folder"] = ScopeSet.Admin,
        ["clear_cache"] = ScopeSet.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Requests, other than <c>tools/call</c>, and the scopes each needs; none means that any authenticated caller may.</summary>
    public static FrozenDictionary<string, ScopeSet> Requests { get; } = new Dictionary<string, ScopeSet>(StringComparer.Ordinal)
    {
        ["initialize"] = ScopeSet.None,
        ["ping"] = ScopeSet.None,
        ["server/discover"] = ScopeSet.None,
        ["tools/list"] = ScopeSet.None,
        ["resources/list"] = ScopeSet.None,
        ["resources/templates/list"] = ScopeSet.None,
        ["prompts/list"] = ScopeSet.None,
        ["logging/setLevel"] = ScopeSet.None,
        ["resources/read"] = ScopeSet.Read,
        ["prompts/get"] = ScopeSet.Read,
        ["completion/complete"] = ScopeSet.Read,
        ["resources/subscribe"] = ScopeSet.Read | ScopeSet.Subscribe,
        ["resources/unsubscribe"] = ScopeSet.Read | ScopeSet.Subscribe,
        ["subscriptions/listen"] = ScopeSet.None,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Notifications of clients; any authenticated caller may send them, and they reach only the caller's own session.</summary>
    public static FrozenSet<string> Notifications { get; } = new[]
    {
        "notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The legacy stream that GET opens.</summary>
    public const ScopeSet LegacyStream = ScopeSet.Subscribe;

    /// <summary>What an operation needs, or why it is refused whoever asks.</summary>
    public static ScopeRequirement Require(Operation operation) => operation.Kind switch
    {
        MessageKind.Response => new ScopeRequirement(ScopeSet.None),
        MessageKind.Notification => Notifications.Contains(operation.Method) ? new ScopeRequirement(ScopeSet.None) : ScopeRequirement.Unknown(Reasons.UnknownMethod),
        _ when operation.Method == "tools/call" => operation.Name is not null && Tools.TryGetValue(operation.Name, out var scope)
            ? new ScopeRequirement(scope)
            : ScopeRequirement.Unknown(Reasons.UnknownTool),
        _ when operation is { Method: "subscriptions/listen", Uris.Length: > 0 } => new ScopeRequirement(ScopeSet.Read | ScopeSet.Subscribe),
        _ => Requests.TryGetValue(operation.Method, out var scope) ? new ScopeRequirement(scope) : ScopeRequirement.Unknown(Reasons.UnknownMethod),
    };
}

/// <summary>What an operation needs.</summary>
/// <param name="Needed">The scopes, all of them.</param>
/// <param name="UnknownReason">Set when the table does not have the operation: the reason of the refusal.</param>
public readonly record struct ScopeRequirement(ScopeSet Needed, string? UnknownReason = null)
{
    /// <summary>What the table does not have.</summary>
    public static ScopeRequirement Unknown(string reason) => new(ScopeSet.All, reason);
}
