using System.Collections.Immutable;

namespace AgentBrain.Server.Brains;

/// <summary>Reads the paths that callers send and writes those they are shown.</summary>
/// <param name="roots">The brain's roots.</param>
internal sealed class BrainPaths(ImmutableArray<BrainRoot> roots)
{
    private const int MaxLength = 4096;

    /// <summary>The root of a label, or null: an old job may name one that is not configured any more.</summary>
    public BrainRoot? Root(string label) => roots.FirstOrDefault(root => string.Equals(root.Label, label, StringComparison.Ordinal));

    /// <summary>The path on this machine; below a root that is not configured any more, the path as it is displayed.</summary>
    public string Absolute(BrainPath path) => Root(path.Root) switch
    {
        null => path.Display,
        var root when path.Relative.Length == 0 => root.Path,
        var root => Path.Combine(root.Path, path.Relative.Replace('/', Path.DirectorySeparatorChar)),
    };

    /// <summary>Reads a path: absolute and below a root, or <c>label/relative</c>. Says nothing about what is on the disk.</summary>
    /// <exception cref="BrainException">The text is no path of this brain; the message lists the roots' labels.</exception>
    public BrainPath Resolve(string text) => TryResolve(text) ?? throw new BrainException(
        BrainFault.InvalidArgument,
        "folder_outside_roots",
        $"The path is not below a root of this brain. Its roots are: {string.Join(", ", roots.Select(root => root.Label))}. Give an absolute path below one of them or '<root>/<path>', or add its directory to AGENT_BRAIN_ROOTS and restart the server.");

    /// <summary>As <see cref="Resolve"/>; null where that throws.</summary>
    public BrainPath? TryResolve(string text)
    {
        if (text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            return null;
        }

        return Path.IsPathFullyQualified(text) ? FromAbsolute(Path.GetFullPath(text)) : FromLabel(text.Replace('\\', '/'));
    }

    private BrainPath? FromAbsolute(string path)
    {
        var trimmed = Path.TrimEndingDirectorySeparator(path);
        foreach (var root in roots.OrderByDescending(root => root.Path.Length))
        {
            if (string.Equals(trimmed, root.Path, StringComparison.Ordinal))
            {
                return new BrainPath(root.Label, "");
            }

            var prefix = Path.EndsInDirectorySeparator(root.Path) ? root.Path : root.Path + Path.DirectorySeparatorChar;
            if (trimmed.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new BrainPath(root.Label, trimmed[prefix.Length..].Replace(Path.DirectorySeparatorChar, '/'));
            }
        }

        return null;
    }

    private BrainPath? FromLabel(string text)
    {
        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment is not ".").ToArray();
        if (segments.Length == 0 || segments.Contains(".."))
        {
            return null;
        }

        var root = roots.FirstOrDefault(root => string.Equals(root.Label, segments[0], StringComparison.Ordinal));
        return root is null ? null : new BrainPath(root.Label, string.Join('/', segments[1..]));
    }
}
