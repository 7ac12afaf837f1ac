namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// The <c>.gitignore</c> files that apply in a directory, the nearest first. The walker asks for every directory on its way and does
/// not descend into an ignored one; so nothing below an ignored directory can be taken back, as in git.
/// </summary>
/// <param name="parent">Those of the directories above.</param>
/// <param name="directory">The directory of the file, relative to the root, empty for the root.</param>
/// <param name="rules">The file's rules.</param>
internal sealed class IgnoreChain(IgnoreChain? parent, string directory, GitIgnore rules)
{
    /// <summary>Whether a path in the directory or below it is ignored, none of the directories above it being so.</summary>
    /// <param name="relativePath">The path, relative to the root.</param>
    /// <param name="isDirectory">Whether it is a directory's.</param>
    public bool IsIgnored(string relativePath, bool isDirectory)
    {
        for (var link = this; link is not null; link = link.Parent)
        {
            if (link.Decide(relativePath, isDirectory) is { } decision)
                return decision;
        }

        return false;
    }

    private IgnoreChain? Parent => parent;

    private bool? Decide(string relativePath, bool isDirectory) =>
        rules.Decide(directory.Length == 0 ? relativePath : relativePath[(directory.Length + 1)..], isDirectory);
}
