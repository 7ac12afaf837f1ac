namespace AgentBrain.Server.Configuration;

/// <summary>A file that holds a secret, and so must be its owner's alone.</summary>
internal static class PrivateFile
{
    /// <summary>Finds the file that a setting names, behind its links.</summary>
    /// <param name="setting">The setting, for the message.</param>
    /// <param name="file">The path as it was given.</param>
    /// <exception cref="ConfigurationException">Others can read it, or its group or others can change it.</exception>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be looked at.</exception>
    public static FileInfo Find(string setting, string file) =>
        Behind(file) is var target && (OperatingSystem.IsWindows() || (target.UnixFileMode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) == UnixFileMode.None)
            ? target
            : throw new ConfigurationException($"{setting} names {file}, which others on this machine can read or change; run: chmod 600 {file}");

    /// <summary>Finds a file that may be read by others, since it holds no secret, but decides about rights.</summary>
    /// <exception cref="ConfigurationException">Its group or others can change it.</exception>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be looked at.</exception>
    public static FileInfo FindUnchangeable(string setting, string file) =>
        Behind(file) is var target && (OperatingSystem.IsWindows() || (target.UnixFileMode & (UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) == UnixFileMode.None)
            ? target
            : throw new ConfigurationException($"{setting} names {file}, which others on this machine can change; run: chmod go-w {file}");

    /// <summary>The file itself, should the name be a link to it: its mode is what counts.</summary>
    private static FileInfo Behind(string file)
    {
        var info = new FileInfo(Path.GetFullPath(file));
        return info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
    }
}
