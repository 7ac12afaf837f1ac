using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>The Win32 calls that say what a handle really is. Compiled everywhere, run on Windows, where no test of ours runs yet.</summary>
internal static unsafe partial class WindowsFileCalls
{
    private const uint DirectoryAttribute = 0x10;
    private const uint ReparseAttribute = 0x400;
    private const uint DiskFile = 1;
    private const int MaxPath = 32_768;

    /// <summary>Opens without following a link at the end of the path.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="read">Whether content is to be read, or only the facts.</param>
    /// <param name="followLink">Whether a link at its end is followed.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path, bool read, bool followLink = false)
    {
        const uint GenericRead = 0x8000_0000, ReadAttributes = 0x80, ShareAll = 7, OpenExisting = 3;
        const uint BackupSemantics = 0x0200_0000, OpenReparsePoint = 0x0020_0000;
        var handle = CreateFile(path, read ? GenericRead : ReadAttributes, ShareAll, 0, OpenExisting, BackupSemantics | (followLink ? 0 : OpenReparsePoint), 0);
        return handle.IsInvalid ? throw HandleFacts.Failure(Marshal.GetLastPInvokeError()) : handle;
    }

    /// <summary>The facts of an open handle.</summary>
    public static HandleFacts Examine(SafeFileHandle handle)
    {
        if (!GetFileInformationByHandle(handle, out var info))
            throw new IOException($"Examining failed with error {Marshal.GetLastPInvokeError()}.");
        var kind = (info.Attributes & ReparseAttribute) != 0 ? ItemKind.Symlink
            : (info.Attributes & DirectoryAttribute) != 0 ? ItemKind.Directory
            : GetFileType(handle) == DiskFile ? ItemKind.File
            : ItemKind.Other;
        return new HandleFacts(
            new FileIdentity(info.VolumeSerialNumber, Join(info.FileIndexHigh, info.FileIndexLow)),
            kind,
            info.LinkCount,
            (long)Join(info.SizeHigh, info.SizeLow),
            DateTimeOffset.FromFileTime((long)Join(info.LastWriteHigh, info.LastWriteLow)).ToUniversalTime());
    }

    /// <summary>The facts of a path.</summary>
    public static HandleFacts Examine(string path, bool followLink)
    {
        using var handle = Open(path, read: false, followLink);
        return Examine(handle);
    }

    /// <summary>The path the handle was finally opened at, every link and short name resolved.</summary>
    public static string FinalPath(SafeFileHandle handle)
    {
        var buffer = new char[MaxPath];
        fixed (char* pointer = buffer)
        {
            var length = GetFinalPathNameByHandle(handle, pointer, MaxPath, 0);
            return length is > 0 and < MaxPath
                ? new string(buffer, 0, (int)length)
                : throw new IOException($"Resolving failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private static ulong Join(uint high, uint low) => ((ulong)high << 32) | low;

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle handle, out FileInformation information);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial uint GetFileType(SafeFileHandle handle);

    [LibraryImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true)]
    private static partial uint GetFinalPathNameByHandle(SafeFileHandle handle, char* path, uint length, uint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct FileInformation
    {
        public uint Attributes;
        public uint CreationLow;
        public uint CreationHigh;
        public uint LastAccessLow;
        public uint LastAccessHigh;
        public uint LastWriteLow;
        public uint LastWriteHigh;
        public uint VolumeSerialNumber;
        public uint SizeHigh;
        public uint SizeLow;
        public uint LinkCount;
        public uint FileIndexHigh;
        public uint FileIndexLow;
    }
}
