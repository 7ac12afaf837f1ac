using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// The Linux system calls that .NET has no counterpart for. They are called by number, because <c>openat2</c> has no wrapper in
/// the C library; the numbers and two of the flags differ between x64 and arm64.
/// </summary>
internal static unsafe partial class LinuxSystemCalls
{
    /// <summary>Stands for the current directory, with which absolute paths are resolved.</summary>
    public const int CurrentDirectory = -100;

    private const int StatxSize = 256;
    private const int BasicStats = 0x7ff;
    private const int SymlinkNoFollow = 0x100;
    private const int NoAutomount = 0x800;
    private const int EmptyPath = 0x1000;
    private const int OpenAt2Number = 437;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Do not wait for a pipe's other end, do not leak into children.</summary>
    public static int ReadFlags => 0x800 | 0x80000 | (IsArm ? 0x8000 : 0x20000);

    /// <summary>Refuse what is not a directory.</summary>
    public static int DirectoryFlag => IsArm ? 0x4000 : 0x10000;

    /// <summary>Calls <c>openat2</c>; gives the descriptor, or minus the error number.</summary>
    public static int OpenAt2(int directory, string path, int flags, ulong resolve)
    {
        Span<ulong> how = [(ulong)flags, 0, resolve];
        fixed (byte* pathPointer = ToBytes(path))
        fixed (ulong* howPointer = how)
            return Result(SystemCall(OpenAt2Number, directory, (nint)pathPointer, (nint)howPointer, how.Length * sizeof(ulong), 0));
    }

    /// <summary>Calls <c>openat</c>; gives the descriptor, or minus the error number.</summary>
    public static int OpenAt(int directory, string path, int flags)
    {
        fixed (byte* pathPointer = ToBytes(path))
            return Result(SystemCall(IsArm ? 56 : 257, directory, (nint)pathPointer, flags, 0, 0));
    }

    /// <summary>Fills the buffer with directory entries; gives the bytes written, 0 at the end, or minus the error number.</summary>
    public static int ReadDirectory(int directory, Span<byte> buffer)
    {
        fixed (byte* bufferPointer = buffer)
            return Result(SystemCall(IsArm ? 61 : 217, directory, (nint)bufferPointer, buffer.Length, 0, 0));
    }

    /// <summary>The facts of an open handle.</summary>
    public static HandleFacts Examine(SafeFileHandle handle) => Statx((int)handle.DangerousGetHandle(), "", EmptyPath);

    /// <summary>The facts of a path.</summary>
    public static HandleFacts Examine(string path, bool followLink) => Statx(CurrentDirectory, path, followLink ? 0 : SymlinkNoFollow);

    /// <summary>The facts of a name in an open directory, its link not followed.</summary>
    public static HandleFacts Examine(SafeFileHandle directory, string name) =>
        Statx((int)directory.DangerousGetHandle(), name, SymlinkNoFollow | NoAutomount);

    private static HandleFacts Statx(int directory, string path, int flags)
    {
        var buffer = stackalloc byte[StatxSize];
        int result;
        fixed (byte* pathPointer = ToBytes(path))
            result = Result(SystemCall(IsArm ? 291 : 332, directory, (nint)pathPointer, flags, BasicStats, (nint)buffer));
        if (result < 0)
            throw HandleFacts.Failure(-result);
        return Parse(new ReadOnlySpan<byte>(buffer, StatxSize));
    }

    // The layout of struct statx, which is the same on every architecture: linux/stat.h.
    private static HandleFacts Parse(ReadOnlySpan<byte> stat)
    {
        var major = BinaryPrimitives.ReadUInt32LittleEndian(stat[136..]);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(stat[140..]);
        var identity = new FileIdentity(((ulong)major << 32) | minor, BinaryPrimitives.ReadUInt64LittleEndian(stat[32..]));
        var seconds = BinaryPrimitives.ReadInt64LittleEndian(stat[112..]);
        var ticks = BinaryPrimitives.ReadUInt32LittleEndian(stat[120..]) / 100;
        return new HandleFacts(
            identity,
            UnixFacts.KindOf(BinaryPrimitives.ReadUInt16LittleEndian(stat[28..])),
            BinaryPrimitives.ReadUInt32LittleEndian(stat[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[40..]),
            UnixFacts.Time(seconds, ticks));
    }

    private static byte[] ToBytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static int Result(nint value) => value == -1 ? -Marshal.GetLastPInvokeError() : (int)value;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
