using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp;

/// <summary>What the server says of the kinds of files it indexes.</summary>
internal interface IFileTypeCatalog
{
    /// <summary>Named sets of file globs, for example <c>python</c> to <c>*.py, *.pyi</c>.</summary>
    ImmutableSortedDictionary<string, ImmutableArray<string>> Presets { get; }

    /// <summary>How many file extensions are known.</summary>
    int ExtensionCount { get; }

    /// <summary>The language ids that a search can be narrowed to, in order.</summary>
    ImmutableArray<string> Languages { get; }

    /// <summary>The source types that a search can be narrowed to.</summary>
    ImmutableArray<string> SourceTypes { get; }
}
