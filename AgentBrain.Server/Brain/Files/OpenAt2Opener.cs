using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>Lets the kernel resolve the whole path in one call, which nobody who swaps directories meanwhile can lead outside.</summary>
internal sealed class OpenAt2Opener : IBeneathOpener
{
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymlinks = 0x04;
    private const ulong Beneath = 0x08;
    private const int MaxAttempts = 16;

    /// <summary>True if the kernel knows the call and no sandbox forbids it.</summary>
    public static bool IsSupported(SafeFileHandle directory)
    {
        var descriptor = LinuxSystemCalls.OpenAt2((int)directory.DangerousGetHandle(), ".", Flags(directory: true), NoMagicLinks | NoSymlinks | Beneath);
        if (descriptor is -LinuxErrors.NoSystemCall or -LinuxErrors.NotPermitted)
            return false;
        if (descriptor >= 0)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        return true;
    }

    /// <inheritdoc/>
    public SafeFileHandle Open(SafeFileHandle from, string relativePath, bool directory)
    {
        var descriptor = -LinuxErrors.TryAgain;
        // The kernel asks to try again when a rename went on meanwhile; an endless renamer must not hold us.
        for (var attempt = 0; attempt < MaxAttempts && descriptor is -LinuxErrors.TryAgain or -LinuxErrors.Interrupted; attempt++)
            descriptor = LinuxSystemCalls.OpenAt2((int)from.DangerousGetHandle(), relativePath, Flags(directory), NoMagicLinks | NoSymlinks | Beneath);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw LinuxErrors.Refusal(-descriptor, from, relativePath);
    }

    private static int Flags(bool directory) => LinuxSystemCalls.ReadFlags | (directory ? LinuxSystemCalls.DirectoryFlag : 0);
}
