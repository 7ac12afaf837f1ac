using System.Runtime.InteropServices;
using System.Text;

namespace AgentBrain.Server.Tests.Brains.Files;

/// <summary>A temporary directory with a root to index, a directory outside of it, and what .NET cannot create itself.</summary>
internal sealed class TempTree : IDisposable
{
    public const string Canary = "canary from outside the root";

    private readonly string _top = Directory.CreateTempSubdirectory("agent-brain-files-").FullName;

    public TempTree()
    {
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Outside);
        File.WriteAllText(Path.Combine(Outside, "secret.md"), Canary);
    }

    public string Root => Path.Combine(_top, "root");

    public string Outside => Path.Combine(_top, "outside");

    public string PathOf(string relative) => Path.Combine(Root, relative);

    public TempTree Write(string relative, string content = "content\n") => Write(relative, Encoding.UTF8.GetBytes(content));

    public TempTree Write(string relative, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllBytes(PathOf(relative), content);
        return this;
    }

    public TempTree MakeDirectory(string relative)
    {
        Directory.CreateDirectory(PathOf(relative));
        return this;
    }

    public TempTree Link(string relative, string target)
    {
        File.CreateSymbolicLink(PathOf(relative), target);
        return this;
    }

    public TempTree HardLink(string relative, string existing)
    {
        Check(LinkCall(Bytes(existing), Bytes(PathOf(relative))));
        return this;
    }

    public TempTree MakePipe(string relative)
    {
        Check(MakePipeCall(Bytes(PathOf(relative)), 0x1ff));
        return this;
    }

    /// <summary>Takes all permissions away.</summary>
    public void Forbid(string relative)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf(relative), UnixFileMode.None);
    }

    /// <summary>Swaps two names in one step.</summary>
    public void Exchange(string first, string second) =>
        Check(ExchangeCall(-100, Bytes(PathOf(first)), -100, Bytes(PathOf(second)), 2));

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static void Check(int result)
    {
        if (result != 0)
            throw new IOException($"Error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkCall(byte[] existing, byte[] added);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipeCall(byte[] path, uint mode);

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ExchangeCall(int firstDirectory, byte[] first, int secondDirectory, byte[] second, uint flags);
}
