using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>What the operating system says of an open file or directory.</summary>
/// <param name="Identity">Its device and inode.</param>
/// <param name="Kind">What it is.</param>
/// <param name="LinkCount">How many names it has.</param>
/// <param name="Length">Its length in bytes, for a regular file.</param>
/// <param name="LastWriteUtc">When its content was last changed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HandleFacts(FileIdentity Identity, ItemKind Kind, uint LinkCount, long Length, DateTimeOffset LastWriteUtc)
{
    /// <summary>The facts of an open handle, asked of the handle and not of a path.</summary>
    /// <exception cref="IOException">The handle cannot be examined.</exception>
    public static HandleFacts Of(SafeFileHandle handle) =>
        OperatingSystem.IsLinux() ? LinuxSystemCalls.Examine(handle)
        : OperatingSystem.IsWindows() ? WindowsFileCalls.Examine(handle)
        : MacSystemCalls.Examine(handle);

    /// <summary>The facts of what is at an absolute path.</summary>
    /// <param name="absolutePath">The path.</param>
    /// <param name="followLink">Whether a link at its end is followed, or described itself.</param>
    /// <exception cref="IOException">There is nothing at the path, or it cannot be examined.</exception>
    public static HandleFacts OfPath(string absolutePath, bool followLink) =>
        OperatingSystem.IsLinux() ? LinuxSystemCalls.Examine(absolutePath, followLink)
        : OperatingSystem.IsWindows() ? WindowsFileCalls.Examine(absolutePath, followLink)
        : MacSystemCalls.Examine(absolutePath, followLink);

    /// <summary>The exception for a failed call: <see cref="FileNotFoundException"/> if there is nothing at the path.</summary>
    /// <param name="error">The error number of the operating system.</param>
    public static IOException Failure(int error)
    {
        // ENOENT and ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ENOTDIR: the systems do not contradict each other here.
        const int notFound = 2, pathNotFound = 3, notDirectory = 20;
        var message = $"Opening or examining failed with error {error}.";
        return error is notFound or pathNotFound or notDirectory ? new FileNotFoundException(message) : new IOException(message);
    }
}
