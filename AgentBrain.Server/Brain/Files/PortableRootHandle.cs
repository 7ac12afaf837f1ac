using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// A root on Windows and macOS, opened by path with checks before and after. On Windows the final path of the handle decides, so a
/// swap is noticed. On macOS the links are looked for again after opening, which narrows a race and does not close it: where others
/// can write into a root, run on Linux, which is where the guarantees of <see cref="RootHandle"/> are verified.
/// </summary>
internal sealed class PortableRootHandle : RootHandle
{
    private readonly string _root;
    private readonly string _finalRoot;
    private readonly IReadOnlySet<FileIdentity> _serverOwned;

    private PortableRootHandle(string root, IReadOnlySet<FileIdentity> serverOwned)
    {
        _root = root;
        _serverOwned = serverOwned;
        Identity = HandleFacts.OfPath(root, followLink: true).Identity;
        _finalRoot = OperatingSystem.IsWindows() ? FinalPath(root) : root;
    }

    /// <inheritdoc/>
    public override FileIdentity Identity { get; }

    /// <summary>Opens a root; the parameters are those of <see cref="LinuxRootHandle.Open"/>.</summary>
    /// <exception cref="FileRefusedException">The root cannot be opened or is the server's own.</exception>
    public static PortableRootHandle Open(string path, IReadOnlySet<FileIdentity> serverOwned) => Guard(() =>
    {
        var handle = new PortableRootHandle(path, serverOwned);
        return serverOwned.Contains(handle.Identity)
            ? throw new FileRefusedException(SkipReason.ServerOwned, "The root is the server's own directory.")
            : handle;
    });

    /// <inheritdoc/>
    public override OpenedFile OpenFile(string relativePath) => Guard(() =>
    {
        RelativePath.Require(relativePath);
        // Looked at before as well as after opening: .NET's open would wait for the other end of a pipe.
        RequireReadable(RequireNoLinks(relativePath), Identity.Device, _serverOwned);
        var path = Absolute(relativePath);
        var handle = OperatingSystem.IsWindows() ? WindowsFileCalls.Open(path, read: true) : File.OpenHandle(path);
        try
        {
            var facts = HandleFacts.Of(handle);
            RequireReadable(facts, Identity.Device, _serverOwned);
            RequireBeneath(handle, facts.Identity, relativePath);
            return new OpenedFile(handle, facts);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    });

    /// <inheritdoc/>
    public override IReadOnlyList<DirectoryItem> List(string relativeDirectory) => Guard(() =>
    {
        var before = DirectoryIdentity(relativeDirectory);
        var items = new List<DirectoryItem>();
        foreach (var info in new DirectoryInfo(Absolute(relativeDirectory)).EnumerateFileSystemInfos())
        {
            items.Add(new DirectoryItem(info.Name, HandleFacts.OfPath(info.FullName, followLink: false).Kind));
            if (items.Count > MaxDirectoryItems)
                throw new FileRefusedException(SkipReason.TooManyFiles, $"More than {MaxDirectoryItems} names in one directory.");
        }

        if (DirectoryIdentity(relativeDirectory) != before)
            throw new FileRefusedException(SkipReason.Changed, "The directory was replaced while it was listed.");
        items.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return items;
    });

    /// <inheritdoc/>
    public override FileIdentity DirectoryIdentity(string relativeDirectory) => Guard(() =>
    {
        if (relativeDirectory.Length == 0)
            return HandleFacts.OfPath(_root, followLink: true).Identity;
        RelativePath.Require(relativeDirectory);
        var facts = RequireNoLinks(relativeDirectory);
        if (facts.Kind != ItemKind.Directory)
            throw new FileRefusedException(SkipReason.Changed, "Not a directory.");
        RequireOurs(facts, Identity.Device, _serverOwned);
        return facts.Identity;
    });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nothing is held open between calls.
    }

    private string Absolute(string relativePath) => Path.Combine(_root, relativePath.Replace('/', Path.DirectorySeparatorChar));

    // The facts of the last segment; none on the way may be a link or the server's own.
    private HandleFacts RequireNoLinks(string relativePath)
    {
        for (var cut = relativePath.IndexOf('/'); cut >= 0; cut = relativePath.IndexOf('/', cut + 1))
        {
            var directory = HandleFacts.OfPath(Absolute(relativePath[..cut]), followLink: false);
            if (directory.Kind != ItemKind.Directory)
                throw new FileRefusedException(directory.Kind == ItemKind.Symlink ? SkipReason.Symlink : SkipReason.Changed, "Not a directory.");
            RequireOurs(directory, Identity.Device, _serverOwned);
        }

        var facts = HandleFacts.OfPath(Absolute(relativePath), followLink: false);
        return facts.Kind == ItemKind.Symlink ? throw new FileRefusedException(SkipReason.Symlink, "A link.") : facts;
    }

    private void RequireBeneath(SafeFileHandle handle, FileIdentity identity, string relativePath)
    {
        var beneath = OperatingSystem.IsWindows()
            ? WindowsFileCalls.FinalPath(handle).Equals(Path.Combine(_finalRoot, relativePath.Replace('/', '\\')), StringComparison.OrdinalIgnoreCase)
            : RequireNoLinks(relativePath).Identity == identity;
        if (!beneath)
            throw new FileRefusedException(SkipReason.OutsideRoot, "The opened file is not the one at the path.");
    }

    private static string FinalPath(string path)
    {
        using var handle = WindowsFileCalls.Open(path, read: false, followLink: true);
        return WindowsFileCalls.FinalPath(handle);
    }

    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileRefusedException(SkipReason.Changed, "It is not there.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileRefusedException(SkipReason.Unreadable, "The operating system refused it.", error);
        }
    }
}
