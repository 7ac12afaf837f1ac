using Microsoft.Win32.SafeHandles;

namespace AgentBrain.Server.Brains.Files;

/// <summary>
/// Opens segment by segment, each from the handle of the one before and none through a link: for kernels before 5.6 and for
/// sandboxes that refuse <c>openat2</c>.
/// </summary>
internal sealed class OpenAtOpener : IBeneathOpener
{
    private const int MaxAttempts = 16;

    /// <inheritdoc/>
    public SafeFileHandle Open(SafeFileHandle from, string relativePath, bool directory)
    {
        var segments = relativePath.Split('/');
        var current = from;
        try
        {
            for (var i = 0; i < segments.Length; i++)
            {
                var next = OpenSegment(current, segments[i], directory || i < segments.Length - 1);
                if (current != from)
                    current.Dispose();
                current = next;
            }

            return current;
        }
        catch (FileRefusedException)
        {
            if (current != from)
                current.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenSegment(SafeFileHandle from, string name, bool directory)
    {
        var flags = LinuxSystemCalls.ReadFlags | (directory ? LinuxSystemCalls.DirectoryFlag : 0);
        var descriptor = -LinuxErrors.Interrupted;
        for (var attempt = 0; attempt < MaxAttempts && descriptor == -LinuxErrors.Interrupted; attempt++)
            descriptor = LinuxSystemCalls.OpenAt((int)from.DangerousGetHandle(), name, flags);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw LinuxErrors.Refusal(-descriptor, from, name);
    }
}
