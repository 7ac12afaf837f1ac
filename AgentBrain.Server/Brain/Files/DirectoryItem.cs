namespace AgentBrain.Server.Brains.Files;

/// <summary>One name in a directory, as the directory itself describes it: links are not followed.</summary>
/// <param name="Name">The name, one segment.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct DirectoryItem(string Name, ItemKind Kind)
{
    /// <summary>True for a real directory, not for a link to one.</summary>
    public bool IsDirectory => Kind == ItemKind.Directory;
}

/// <summary>What a name in a directory is.</summary>
internal enum ItemKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, junction or other reparse point.</summary>
    Symlink,

    /// <summary>A pipe, socket or device.</summary>
    Other,
}
