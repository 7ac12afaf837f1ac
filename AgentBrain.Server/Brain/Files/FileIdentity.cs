using System.Runtime.InteropServices;

namespace AgentBrain.Server.Brains.Files;

/// <summary>What makes a file the same file whatever it is called.</summary>
/// <param name="Device">The file system's number.</param>
/// <param name="Inode">The file's number in it (on Windows the file index).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    /// <summary>
    /// The identity of what an absolute path leads to, links followed: for the server's own directories and files,
    /// which are to be kept out of every index whatever path leads to them.
    /// </summary>
    /// <exception cref="IOException">There is nothing at the path, or it cannot be examined.</exception>
    public static FileIdentity OfPath(string absolutePath) => HandleFacts.OfPath(absolutePath, followLink: true).Identity;
}
