using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Patterns of which one has to match.</summary>
internal sealed class GlobSet
{
    /// <summary>Most patterns in a set.</summary>
    public const int MaxPatterns = 100;

    private readonly ImmutableArray<GlobPattern> _patterns;

    private GlobSet(ImmutableArray<GlobPattern> patterns) => _patterns = patterns;

    /// <summary>The set without patterns, which matches nothing.</summary>
    public static GlobSet Empty { get; } = new([]);

    /// <summary>True if there are no patterns.</summary>
    public bool IsEmpty => _patterns.IsEmpty;

    /// <summary>Reads patterns.</summary>
    /// <param name="patterns">The patterns; null or none: the empty set.</param>
    /// <param name="maxPatterns">Most patterns.</param>
    /// <exception cref="BrainException"><c>bad_pattern</c> names the pattern; <c>too_many_patterns</c> the limit.</exception>
    public static GlobSet Parse(IReadOnlyCollection<string>? patterns, int maxPatterns = MaxPatterns)
    {
        if (patterns is null or { Count: 0 })
            return Empty;
        if (patterns.Count > maxPatterns)
        {
            throw new BrainException(
                BrainFault.InvalidArgument, "too_many_patterns", $"{patterns.Count} patterns are given; at most {maxPatterns} are allowed.");
        }

        return new GlobSet([.. patterns.Select(GlobPattern.Parse)]);
    }

    /// <summary>Whether one of the patterns matches; see <see cref="GlobPattern.IsMatch"/>.</summary>
    public bool IsMatch(string path, bool isDirectory = false)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(path, isDirectory))
                return true;
        }

        return false;
    }
}
