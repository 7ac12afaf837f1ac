using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>A scope in words that people understand.</summary>
/// <param name="Scope">The one scope.</param>
/// <param name="Value">What forms call it.</param>
/// <param name="Title">What it allows.</param>
/// <param name="Text">What that means.</param>
internal sealed record ScopeWords(ScopeSet Scope, string Value, string Title, string Text)
{
    /// <summary>All, in the order of the pages.</summary>
    public static ImmutableArray<ScopeWords> All { get; } =
    [
        new(ScopeSet.Read, "read", "Search and read", "It sees everything that is in this brain."),
        new(ScopeSet.Subscribe, "subscribe", "Be told of changes", "It stays connected and hears when something in the brain changes."),
        new(ScopeSet.Index, "index", "Add folders and documents", "It puts more into the brain: folders that the server may read, and texts of its own."),
        new(ScopeSet.Admin, "admin", "Remove and cancel", "It removes folders from the brain, empties caches and cancels jobs. You will be asked who you are first, unless you have just signed in."),
    ];

    /// <summary>The scopes of the values that a form has.</summary>
    public static ScopeSet Read(IEnumerable<string?> values) => values
        .Select(static value => All.FirstOrDefault(words => words.Value == value)?.Scope ?? ScopeSet.None)
        .Aggregate(ScopeSet.None, static (sum, scope) => sum | scope);

    /// <summary>The titles of a set.</summary>
    public static IEnumerable<string> Titles(ScopeSet scopes) => All.Where(words => scopes.Covers(words.Scope)).Select(static words => words.Title);
}
