namespace AgentBrain.OAuth.Scopes;

/// <summary>A set of the four scopes. Flat: none includes another.</summary>
[Flags]
public enum ScopeSet
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
public static class ScopeSetText
{
    private static readonly (ScopeSet Scope, string Name)[] Names =
    [
        (ScopeSet.Read, "agent-brain:read"),
        (ScopeSet.Index, "agent-brain:index"),
        (ScopeSet.Subscribe, "agent-brain:subscribe"),
        (ScopeSet.Admin, "agent-brain:admin"),
    ];

    private static readonly string[] Texts =
        [.. Enumerable.Range(0, (int)ScopeSet.All + 1).Select(set => string.Join(' ', Names.Where(name => ((ScopeSet)set).HasFlag(name.Scope)).Select(name => name.Name)))];

    /// <summary>All names, in their one fixed order.</summary>
    public static IEnumerable<string> Vocabulary => Names.Select(name => name.Name);

    /// <summary>
    /// Reads a <c>scope</c> value (RFC 6749 §3.3): names with spaces between them. What is not in the vocabulary belongs to
    /// somebody else and is left out.
    /// </summary>
    public static ScopeSet Read(string? text)
    {
        var set = ScopeSet.None;
        foreach (var range in text.AsSpan().Split(' '))
            set |= One(text.AsSpan()[range]);

        return set;
    }

    /// <summary>The scope of one name; none for a name that is not in the vocabulary. Names compare ordinally.</summary>
    public static ScopeSet One(ReadOnlySpan<char> name)
    {
        foreach (var (scope, known) in Names)
        {
            if (name.SequenceEqual(known))
                return scope;
        }

        return ScopeSet.None;
    }

    extension(ScopeSet scopes)
    {
        /// <summary>True when every scope of <paramref name="needed"/> is in the set.</summary>
        public bool Covers(ScopeSet needed) => (scopes & needed) == needed;

        /// <summary>The names in their one fixed order, joined by spaces, as the <c>scope</c> of RFC 6749 §3.3.</summary>
        public string ToScopeText() => Texts[(int)(scopes & ScopeSet.All)];
    }
}
