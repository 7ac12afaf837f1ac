namespace AgentBrain.Server.Brains;

/// <summary>Where a file or folder is: a root and a path below it. The one form in which paths are compared and stored.</summary>
/// <param name="Root">The root's label.</param>
/// <param name="Relative">The path below the root with <c>/</c> between segments, without dot segments; empty for the root itself.</param>
internal readonly record struct BrainPath(string Root, string Relative)
{
    /// <summary>The form for remote callers, which names no directory outside of the root: <c>label/relative</c>.</summary>
    public string Display => Relative.Length == 0 ? Root : $"{Root}/{Relative}";

    /// <inheritdoc />
    public override string ToString() => Display;

    /// <summary>True if <paramref name="other"/> is this folder or below it.</summary>
    public bool Contains(BrainPath other) =>
        string.Equals(Root, other.Root, StringComparison.Ordinal)
        && (Relative.Length == 0
            || string.Equals(Relative, other.Relative, StringComparison.Ordinal)
            || (other.Relative.Length > Relative.Length
                && other.Relative.StartsWith(Relative, StringComparison.Ordinal)
                && other.Relative[Relative.Length] == '/'));
}
