using System.Runtime.InteropServices;

namespace AgentBrain.Server.Hosting;

/// <summary>What the process gives up at its start, whichever library runs in it later.</summary>
internal static partial class ProcessHardening
{
    private const uint OthersNothing = 0b000_111_111;
    private const int SetDumpable = 4;

    /// <summary>
    /// What the process creates is its user's alone: the database with its log, locks and keys lie in a closed directory, and this holds should
    /// that directory be opened or they be copied out of it. On Linux no other process of the same user, the parser of documents among them,
    /// can look into its memory or environment.
    /// </summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(OthersNothing);
        }

        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetDumpable, 0, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
