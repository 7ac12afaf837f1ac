namespace AgentBrain.Server.Authorization;

/// <summary>A set of the four scopes. Flat: none includes another.</summary>
[Flags]
internal enum ScopeSet
{
    /// <summary>No scope.</summary>
    None = 0,

    /// <summary><c>agent-brain:read</c>: search and look.</summary>
    Read = 1,

    /// <summary><c>agent-brain:index</c>: add to the index.</summary>
    Index = 2,

    /// <summary><c>agent-brain:subscribe</c>: streams of changes.</summary>
    Subscribe = 4,

    /// <summary><c>agent-brain:admin</c>: remove and cancel.</summary>
    Admin = 8,

    /// <summary>All four.</summary>
    All = Read | Index | Subscribe | Admin,
}

/// <summary>The scopes as they are written.</summary>
internal static class ScopeSetText
{
    private static readonly (ScopeSet Scope, string Name)[] Names =
    [
        (ScopeSet.Read, "agent-brain:read"),
        (ScopeSet.Index, "agent-brain:index"),
        (ScopeSet.Subscribe, "agent-brain:subscribe"),
        (ScopeSet.Admin, "agent-brain:admin"),
    ];

    extension(ScopeSet scopes)
    {
        /// <summary>True when every scope of <paramref name="needed"/> is in the set.</summary>
        public bool Covers(ScopeSet needed) => (scopes & needed) == needed;

        /// <summary>The names in their one fixed order, joined by spaces, as the <c>scope</c> of RFC 6749 §3.3.</summary>
        public string ToScopeText() => string.Join(' ', Names.Where(name => scopes.HasFlag(name.Scope)).Select(name => name.Name));
    }
}
