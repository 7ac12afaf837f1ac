using System.Collections.Frozen;

namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// An open root directory, the only way to files. What is opened through it lies beneath it, is no link, is a regular file on
/// the root's file system with one name, and is not the server's own: all of it checked on the open handle, not on a path.
/// Not for concurrent use while being disposed; otherwise thread-safe.
/// </summary>
internal abstract class RootHandle : IDisposable
{
    /// <summary>The identity of the root directory itself.</summary>
    public abstract FileIdentity Identity { get; }

    /// <summary>Opens a root with what the operating system offers best.</summary>
    /// <param name="root">The root.</param>
    /// <param name="serverOwned">The identities of the server's data directory and secret files, which are not opened even beneath a root.</param>
    /// <exception cref="FileRefusedException">The root cannot be opened or is the server's own.</exception>
    public static RootHandle Open(BrainRoot root, IEnumerable<FileIdentity>? serverOwned = null) =>
        OperatingSystem.IsLinux()
            ? LinuxRootHandle.Open(root.Path, Freeze(serverOwned))
            : PortableRootHandle.Open(root.Path, Freeze(serverOwned));

    /// <summary>Opens a file for reading.</summary>
    /// <param name="relativePath">Its canonical path (<see cref="RelativePath"/>) below the root.</param>
    /// <exception cref="FileRefusedException">It is not to be read; it names the reason to count.</exception>
    public abstract OpenedFile OpenFile(string relativePath);

    /// <summary>The names in a directory, in ordinal order.</summary>
    /// <param name="relativeDirectory">Its canonical path, empty for the root.</param>
    /// <exception cref="FileRefusedException">It is not to be listed; it names the reason to count.</exception>
    public abstract IReadOnlyList<DirectoryItem> List(string relativeDirectory);

    /// <summary>The identity of a directory beneath the root.</summary>
    /// <param name="relativeDirectory">Its canonical path, empty for the root.</param>
    /// <exception cref="FileRefusedException">It cannot be opened as a directory.</exception>
    public abstract FileIdentity DirectoryIdentity(string relativeDirectory);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Most names in one directory; a larger one is refused as a whole.</summary>
    protected const int MaxDirectoryItems = 1_000_000;

    /// <summary>Closes the root.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Checks the facts of an opened file.</summary>
    /// <exception cref="FileRefusedException">It is not to be read; it names the reason to count.</exception>
    protected static void RequireReadable(HandleFacts facts, ulong rootDevice, IReadOnlySet<FileIdentity> serverOwned)
    {
        if (facts.Kind != ItemKind.File)
            throw new FileRefusedException(SkipReason.NotRegular, "Not a regular file.");
        RequireOurs(facts, rootDevice, serverOwned);
        if (facts.LinkCount != 1)
            throw new FileRefusedException(facts.LinkCount == 0 ? SkipReason.Changed : SkipReason.HardLink, $"The file has {facts.LinkCount} names.");
    }

    /// <summary>Checks that an opened file or directory is on the root's file system and not the server's own.</summary>
    /// <exception cref="FileRefusedException">It is not; it names the reason to count.</exception>
    protected static void RequireOurs(HandleFacts facts, ulong rootDevice, IReadOnlySet<FileIdentity> serverOwned)
    {
        if (serverOwned.Contains(facts.Identity))
            throw new FileRefusedException(SkipReason.ServerOwned, "The server's own.");
        if (facts.Identity.Device != rootDevice)
            throw new FileRefusedException(SkipReason.OutsideRoot, "On another file system than the root.");
    }

    private static FrozenSet<FileIdentity> Freeze(IEnumerable<FileIdentity>? identities) => (identities ?? []).ToFrozenSet();
}
