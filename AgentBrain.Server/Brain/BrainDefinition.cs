using System.Collections.Immutable;

namespace AgentBrain.Server.Brains;

/// <summary>What configuration says of one brain: an isolated index with its own roots, database file, caches and counters.</summary>
/// <param name="Name">Lower-case name, <c>[a-z0-9][a-z0-9-]{0,62}</c>, compared ordinally.</param>
/// <param name="Roots">The directories this brain may read; they do not overlap with those of another brain.</param>
/// <param name="Limits">Its quotas.</param>
internal sealed record BrainDefinition(string Name, ImmutableArray<BrainRoot> Roots, BrainLimits Limits)
{
    /// <summary>True if the roots were named by the operator; false if they are where the server happened to be started.</summary>
    public bool HasNamedRoots { get; init; } = true;

    /// <summary>The name of the brain behind <c>/mcp</c>.</summary>
    public const string DefaultName = "default";
}
