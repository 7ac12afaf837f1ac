namespace AgentBrain.Server.Brains.Files;

/// <summary>A directory that is being walked.</summary>
/// <param name="directory">Its path from the root.</param>
/// <param name="items">What is in it.</param>
/// <param name="ignores">The <c>.gitignore</c> files that apply in it.</param>
internal sealed class ScanFrame(string directory, IReadOnlyList<DirectoryItem> items, IgnoreChain? ignores)
{
    private int _next;

    /// <summary>Its path from the root.</summary>
    public string Directory { get; } = directory;

    /// <summary>What is in it.</summary>
    public IReadOnlyList<DirectoryItem> Items { get; } = items;

    /// <summary>The <c>.gitignore</c> files that apply in it.</summary>
    public IgnoreChain? Ignores { get; } = ignores;

    /// <summary>The next item, false at the end.</summary>
    public bool MoveNext(out DirectoryItem item)
    {
        item = _next < Items.Count ? Items[_next] : default;
        return _next++ < Items.Count;
    }
}
