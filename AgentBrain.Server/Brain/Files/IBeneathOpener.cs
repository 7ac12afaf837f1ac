using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Opens a path beneath an open directory, following no link, on Linux.</summary>
internal interface IBeneathOpener
{
    /// <summary>Opens for reading, without waiting for a pipe's other end.</summary>
    /// <param name="from">The open directory.</param>
    /// <param name="relativePath">A canonical path of one or more segments.</param>
    /// <param name="directory">Whether a directory is expected.</param>
    /// <exception cref="FileRefusedException">It could not be opened; it names the reason to count.</exception>
    SafeFileHandle Open(SafeFileHandle from, string relativePath, bool directory);
}
