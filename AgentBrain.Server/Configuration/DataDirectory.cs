namespace AgentBrain.Server.Configuration;

/// <summary>
/// The one directory of the server's own state. It is created with mode 0700 (an existing one that others can enter is set to 0700
/// as well: everything in it is the server's, so nobody can have relied on it) and held by an exclusive lock for as long as this
/// object lives, since two processes on one state would corrupt it.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockFileName = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // What the system says of a lock that somebody else has; a full or read-only disk is an IOException as well.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private readonly FileStream _lockFile;

    private DataDirectory(string path, FileStream lockFile)
    {
        FullPath = path;
        _lockFile = lockFile;
    }

    /// <summary>Its absolute, symlink-free path.</summary>
    public string FullPath { get; }

    /// <summary>Where the data is when <c>AGENT_BRAIN_DATA</c> is not set: <c>agent-brain</c> in the user's local application data (XDG).</summary>
    public static string DefaultPath() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "agent-brain");

    /// <summary>Creates the directory if need be, closes it to others, and locks it.</summary>
    /// <exception cref="ConfigurationException">It cannot be created or locked.</exception>
    public static DataDirectory Open(string path)
    {
        var full = Prepare(path);
        try
        {
            var stream = new FileStream(Path.Combine(full, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(full, stream);
        }
        catch (IOException exception) when (exception.HResult is WouldBlockOnLinux or WouldBlockOnMac or SharingViolation)
        {
            throw new ConfigurationException($"{SettingNames.Data} is {full}, which another agent-brain process is using; stop that one, or give this one a directory of its own.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{SettingNames.Data} is {full}, which the server may not write ({exception.Message.TrimEnd('.')}); give its user the directory, or name another one.", exception);
        }
    }

    /// <summary>Releases the lock. The file stays, since removing it would race with the next process.</summary>
    public void Dispose() => _lockFile.Dispose();

    private static string Prepare(string path)
    {
        try
        {
            var full = RealPath.Of(Path.GetFullPath(path));
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
                return full;
            }

            Directory.CreateDirectory(full, OwnerOnly);
            if (File.GetUnixFileMode(full) != OwnerOnly)
                File.SetUnixFileMode(full, OwnerOnly);
            return full;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{SettingNames.Data} is {path}, which cannot be created or closed to others ({exception.Message.TrimEnd('.')}); name a directory that the server's user owns.", exception);
        }
    }
}
