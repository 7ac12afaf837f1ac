using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>A root on Linux: opened beneath a directory handle, never by an absolute path.</summary>
internal sealed class LinuxRootHandle : RootHandle
{
    private const int EntryHeader = 19;
    private readonly SafeFileHandle _root;
    private readonly IBeneathOpener _opener;
    private readonly IReadOnlySet<FileIdentity> _serverOwned;

    private LinuxRootHandle(SafeFileHandle root, IBeneathOpener opener, IReadOnlySet<FileIdentity> serverOwned)
    {
        _root = root;
        _opener = opener;
        _serverOwned = serverOwned;
        Identity = LinuxSystemCalls.Examine(root).Identity;
    }

    /// <inheritdoc/>
    public override FileIdentity Identity { get; }

    /// <summary>Opens a root.</summary>
    /// <param name="path">The absolute path of the directory.</param>
    /// <param name="serverOwned">What is not opened even beneath it.</param>
    /// <param name="opener">How to open beneath it; by default with <c>openat2</c> where the kernel allows it.</param>
    /// <exception cref="FileRefusedException">The root cannot be opened or is the server's own.</exception>
    public static LinuxRootHandle Open(string path, IReadOnlySet<FileIdentity> serverOwned, IBeneathOpener? opener = null)
    {
        var descriptor = LinuxSystemCalls.OpenAt(LinuxSystemCalls.CurrentDirectory, path, LinuxSystemCalls.ReadFlags | LinuxSystemCalls.DirectoryFlag);
        if (descriptor < 0)
            throw new FileRefusedException(SkipReason.Unreadable, $"Opening the root '{path}' failed with error {-descriptor}.");
        var root = new SafeFileHandle(descriptor, ownsHandle: true);
        var handle = new LinuxRootHandle(root, opener ?? (OpenAt2Opener.IsSupported(root) ? new OpenAt2Opener() : new OpenAtOpener()), serverOwned);
        if (!serverOwned.Contains(handle.Identity))
            return handle;
        handle.Dispose();
        throw new FileRefusedException(SkipReason.ServerOwned, "The root is the server's own directory.");
    }

    /// <inheritdoc/>
    public override OpenedFile OpenFile(string relativePath)
    {
        RelativePath.Require(relativePath);
        var handle = OpenChecked(relativePath, directory: false);
        try
        {
            var facts = LinuxSystemCalls.Examine(handle);
            RequireReadable(facts, Identity.Device, _serverOwned);
            return new OpenedFile(handle, facts);
        }
        catch (Exception error) when (error is IOException or FileRefusedException)
        {
            handle.Dispose();
            throw error as FileRefusedException ?? new FileRefusedException(SkipReason.Unreadable, "The file cannot be examined.", error);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DirectoryItem> List(string relativeDirectory)
    {
        using var directory = OpenDirectory(relativeDirectory);
        var items = new List<DirectoryItem>();
        var buffer = new byte[32 * 1024];
        while (LinuxSystemCalls.ReadDirectory((int)directory.DangerousGetHandle(), buffer) is var filled and not 0)
        {
            if (filled < 0)
                throw new FileRefusedException(SkipReason.Unreadable, $"Listing failed with error {-filled}.");
            AddEntries(directory, buffer.AsSpan(0, filled), items);
            if (items.Count > MaxDirectoryItems)
                throw new FileRefusedException(SkipReason.TooManyFiles, $"More than {MaxDirectoryItems} names in one directory.");
        }

        items.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return items;
    }

    /// <inheritdoc/>
    public override FileIdentity DirectoryIdentity(string relativeDirectory)
    {
        using var directory = OpenDirectory(relativeDirectory);
        return LinuxSystemCalls.Examine(directory).Identity;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _root.Dispose();

    // A fresh handle each time, also of the root itself: reading a directory moves the handle's position.
    private SafeFileHandle OpenDirectory(string relativeDirectory)
    {
        if (relativeDirectory.Length == 0)
            return _opener.Open(_root, ".", directory: true);
        RelativePath.Require(relativeDirectory);
        var handle = OpenChecked(relativeDirectory, directory: true);
        try
        {
            RequireOurs(LinuxSystemCalls.Examine(handle), Identity.Device, _serverOwned);
            return handle;
        }
        catch (Exception error) when (error is IOException or FileRefusedException)
        {
            handle.Dispose();
            throw error as FileRefusedException ?? new FileRefusedException(SkipReason.Unreadable, "The directory cannot be examined.", error);
        }
    }

    // With something of the server's own that might lie on the way, every directory of the way is held open and looked at before
    // the next step is taken from it; without, the path is opened at once.
    private SafeFileHandle OpenChecked(string relativePath, bool directory)
    {
        if (_serverOwned.Count == 0)
            return _opener.Open(_root, relativePath, directory);
        var segments = relativePath.Split('/');
        var current = _root;
        try
        {
            foreach (var segment in segments.AsSpan(0, segments.Length - 1))
            {
                var next = _opener.Open(current, segment, directory: true);
                if (current != _root)
                    current.Dispose();
                current = next;
                RequireOurs(LinuxSystemCalls.Examine(current), Identity.Device, _serverOwned);
            }

            return _opener.Open(current, segments[^1], directory);
        }
        catch (IOException error)
        {
            throw new FileRefusedException(SkipReason.Unreadable, "A directory on the way cannot be examined.", error);
        }
        finally
        {
            if (current != _root)
                current.Dispose();
        }
    }

    // struct linux_dirent64: inode (8), offset (8), record length (2), type (1), name up to a NUL.
    private static void AddEntries(SafeFileHandle directory, ReadOnlySpan<byte> records, List<DirectoryItem> items)
    {
        while (records.Length >= EntryHeader)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var bytes = records[EntryHeader..length];
            var name = Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
            if (name is not ("." or ".."))
                items.Add(new DirectoryItem(name, UnixFacts.KindOfEntry(records[18]) ?? Look(directory, name)));
            records = records[length..];
        }
    }

    private static ItemKind Look(SafeFileHandle directory, string name)
    {
        try
        {
            return LinuxSystemCalls.Examine(directory, name).Kind;
        }
        catch (IOException)
        {
            // It vanished meanwhile. Opening it will say so, and under which reason to count it.
            return ItemKind.File;
        }
    }
}
