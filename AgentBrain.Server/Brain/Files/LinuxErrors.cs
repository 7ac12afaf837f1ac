using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>What a failed open says of the file.</summary>
internal static class LinuxErrors
{
    /// <summary>EPERM.</summary>
    public const int NotPermitted = 1;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>EAGAIN.</summary>
    public const int TryAgain = 11;

    /// <summary>ENOSYS.</summary>
    public const int NoSystemCall = 38;

    private const int NoEntry = 2;
    private const int NoDeviceOrPeer = 6;
    private const int CrossDevice = 18;
    private const int NoDevice = 19;
    private const int NotDirectory = 20;
    private const int Loop = 40;

    /// <summary>The refusal for an error number.</summary>
    /// <param name="error">The error number, positive.</param>
    /// <param name="from">The directory the path was opened from.</param>
    /// <param name="relativePath">The path.</param>
    public static FileRefusedException Refusal(int error, SafeFileHandle from, string relativePath)
    {
        var reason = error switch
        {
            Loop => SkipReason.Symlink,
            CrossDevice => SkipReason.OutsideRoot,
            // A socket answers an open with "no such device or address".
            NoDeviceOrPeer or NoDevice => SkipReason.NotRegular,
            // Asking for a directory hides that a link was found; only the counted reason depends on this second look.
            NotDirectory => IsLink(from, relativePath) ? SkipReason.Symlink : SkipReason.Changed,
            NoEntry or TryAgain => SkipReason.Changed,
            _ => SkipReason.Unreadable,
        };
        return new FileRefusedException(reason, $"Opening '{relativePath}' failed with error {error}.");
    }

    private static bool IsLink(SafeFileHandle from, string relativePath)
    {
        try
        {
            return LinuxSystemCalls.Examine(from, relativePath).Kind == ItemKind.Symlink;
        }
        catch (IOException)
        {
            // It vanished between the two looks: that is not a link.
            return false;
        }
    }
}
