using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Files;

/// <summary>What is never worth indexing: histories, dependencies, build output, caches, editors' state, lock files.</summary>
internal static class BuiltInExcludes
{
    private static readonly FrozenSet<string> Directories = new[]
    {
        "node_modules", "__pycache__", ".venv", "venv", "dist", "build", "target", ".next", ".nuxt", "coverage", ".cache",
        ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".idea", ".vs", ".claude",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Histories = new[] { ".git", ".hg", ".svn" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Files = new[]
    {
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "Cargo.lock", "poetry.lock", "uv.lock",
        "Pipfile.lock", "composer.lock", "Gemfile.lock", "go.sum", "packages.lock.json",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] FileSuffixes = [".min.js", ".min.css", ".map"];

    private static readonly string[] ProjectExtensions = [".csproj", ".fsproj", ".vbproj", ".sqlproj", ".esproj"];

    /// <summary>Whether a directory is left out, wherever it is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="beside">What is in the same directory: <c>bin</c> and <c>obj</c> are build output only beside a .NET project.</param>
    public static bool IsExcludedDirectory(string name, IReadOnlyList<DirectoryItem> beside) =>
        Directories.Contains(name)
        || IsHistory(name)
        || name.EndsWith(".egg-info", StringComparison.OrdinalIgnoreCase)
        || (IsBuildOutputName(name) && beside.Any(IsProject));

    /// <summary>Whether a directory is a version control system's, which is left out even if it is asked for by name.</summary>
    public static bool IsHistory(string name) => Histories.Contains(name);

    /// <summary>Whether a file is left out, wherever it is.</summary>
    public static bool IsExcludedFile(string name) =>
        Files.Contains(name) || FileSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    private static bool IsBuildOutputName(string name) =>
        name.Equals("bin", StringComparison.OrdinalIgnoreCase) || name.Equals("obj", StringComparison.OrdinalIgnoreCase);

    private static bool IsProject(DirectoryItem item) =>
        !item.IsDirectory && ProjectExtensions.Any(extension => item.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
