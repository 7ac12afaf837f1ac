using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Tries what a confined child must not be able to do.</summary>
internal static class SelfCheck
{
    /// <summary>Tries each and tells. Creates nothing that stays.</summary>
    public static ConfinementCheck Run() => new(
        CanConnect(),
        CanStartProcess(),
        CanWriteFile(),
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key)]);

    private static bool CanConnect()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool CanStartProcess()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "--version") { UseShellExecute = false, RedirectStandardOutput = true });
            process?.Kill();
            return process is not null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool CanWriteFile()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
