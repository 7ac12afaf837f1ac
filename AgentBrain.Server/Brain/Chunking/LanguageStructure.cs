using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>How the definitions of a language look.</summary>
/// <param name="Definitions">Patterns for a line that starts a definition, tried in order.</param>
/// <param name="CommentStarts">How a line starts that belongs to the definition below it: comments, decorators, attributes.</param>
internal sealed record LanguageStructure(ImmutableArray<DefinitionPattern> Definitions, ImmutableArray<string> CommentStarts)
{
    /// <summary>True where blocks are not indented, so that a definition lasts until the next one.</summary>
    public bool LastsUntilNext { get; init; }

    /// <summary>Words at the start of a line that continue or close the block above, though indented no deeper.</summary>
    public FrozenSet<string> Continuations { get; init; } = FrozenSet<string>.Empty;
}

/// <summary>A pattern for the first line of a definition, without its indentation. It must be matched without backtracking.</summary>
/// <param name="Line">
/// Has the group <c>name</c>; may have <c>kind</c> (the keyword) and <c>owner</c> (the type a method is declared for).
/// </param>
/// <param name="Kind">The kind when there is no group <c>kind</c>.</param>
internal sealed record DefinitionPattern(Regex Line, string Kind)
{
    /// <summary>True when the pattern counts only directly inside of a class or the like, because elsewhere calls look the same.</summary>
    public bool OnlyInType { get; init; }
}
