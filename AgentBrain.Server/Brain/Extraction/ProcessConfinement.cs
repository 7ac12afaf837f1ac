using System.Runtime.InteropServices;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>
/// Makes this process give up, for good, what parsing does not need: sockets, new processes, writing files, reaching into other
/// processes, mounts and kernel interfaces. Linux on x64 and arm64 only. Reading files stays possible: the runtime loads
/// assemblies as it needs them.
/// </summary>
internal static unsafe partial class ProcessConfinement
{
    private const int PrSetNoNewPrivs = 38;
    private const nint SetModeFilter = 1;
    private const nint AllThreads = 1;

    /// <summary>Applies it to all threads. Returns null, or a sentence that says why this process is not confined.</summary>
    public static string? Apply()
    {
        if (!OperatingSystem.IsLinux())
            return "This system has no seccomp; documents are parsed in a separate process that is not confined.";
        if (SeccompPolicy.ForThisMachine() is not { } policy)
            return $"The confinement knows no system calls of {RuntimeInformation.ProcessArchitecture}.";

        // Out of the operator's session: what has no controlling terminal cannot type into one. Fails only where it is so already.
        _ = SetSession();
        if (Prctl(PrSetNoNewPrivs, 1, 0, 0, 0) != 0)
            return $"The kernel refused no_new_privs (errno {Marshal.GetLastPInvokeError()}).";

        var filter = policy.ToFilter((uint)Environment.ProcessId);
        fixed (ulong* instructions = filter)
        {
            var program = new FilterProgram { Length = (ushort)filter.Length, Instructions = instructions };
            var result = Syscall(policy.SeccompNumber, SetModeFilter, AllThreads, &program);
            if (result != 0)
                return $"The kernel refused the system call filter (result {result}, errno {Marshal.GetLastPInvokeError()}).";
        }

        return null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Syscall(nint number, nint operation, nint flags, void* argument);
}
