using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>The stat calls of macOS. Compiled everywhere, run on macOS, where no test of ours runs yet.</summary>
internal static unsafe partial class MacSystemCalls
{
    private const int StatSize = 144;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The facts of an open handle.</summary>
    public static HandleFacts Examine(SafeFileHandle handle)
    {
        var buffer = stackalloc byte[StatSize];
        var descriptor = (int)handle.DangerousGetHandle();
        return Parse(IsArm ? Fstat(descriptor, buffer) : Fstat64(descriptor, buffer), buffer);
    }

    /// <summary>The facts of a path.</summary>
    public static HandleFacts Examine(string path, bool followLink)
    {
        var buffer = stackalloc byte[StatSize];
        var result = (IsArm, followLink) switch
        {
            (true, true) => Stat(path, buffer),
            (true, false) => Lstat(path, buffer),
            (false, true) => Stat64(path, buffer),
            (false, false) => Lstat64(path, buffer),
        };
        return Parse(result, buffer);
    }

    // The layout of struct stat with 64-bit inodes: sys/stat.h.
    private static HandleFacts Parse(int result, byte* buffer)
    {
        if (result != 0)
            throw HandleFacts.Failure(Marshal.GetLastPInvokeError());
        var stat = new ReadOnlySpan<byte>(buffer, StatSize);
        return new HandleFacts(
            new FileIdentity(BinaryPrimitives.ReadUInt32LittleEndian(stat), BinaryPrimitives.ReadUInt64LittleEndian(stat[8..])),
            UnixFacts.KindOf(BinaryPrimitives.ReadUInt16LittleEndian(stat[4..])),
            BinaryPrimitives.ReadUInt16LittleEndian(stat[6..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[96..]),
            UnixFacts.Time(BinaryPrimitives.ReadInt64LittleEndian(stat[48..]), (uint)(BinaryPrimitives.ReadInt64LittleEndian(stat[56..]) / 100)));
    }

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static partial int Fstat(int descriptor, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int Fstat64(int descriptor, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat64(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lstat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Lstat64(string path, byte* buffer);
}
