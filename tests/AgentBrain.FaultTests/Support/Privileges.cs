namespace AgentBrain.FaultTests.Support;

/// <summary>What only root may set up, and who the server is run as when root must not be what reads.</summary>
internal static class Privileges
{
    private const int Nobody = 65534;

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Runs the rest of the command line as the account "nobody", with no groups and no capabilities.</summary>
    public static string[] Drop { get; } = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"];

    /// <summary>Gives a tree to the account that <see cref="Drop"/> changes to.</summary>
    public static Task GiveAsync(string path) => Shell.RunAsync("chown", "-R", $"{Nobody}:{Nobody}", path);

    /// <summary>Sets a file's mode; tests of modes are skipped on Windows before they come here.</summary>
    public static void Mode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("File modes are those of Unix.");

        File.SetUnixFileMode(path, mode);
    }
}
