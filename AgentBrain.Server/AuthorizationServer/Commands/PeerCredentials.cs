using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>
/// Who is at the other end of a local socket, as the kernel says. Asked on Linux; elsewhere the modes of socket and directory decide
/// alone, which they do here as well.
/// </summary>
internal static partial class PeerCredentials
{
    private const int SocketLevel = 1;
    private const int PeerCredential = 17;

    /// <summary>The user that this process acts as.</summary>
    public static uint OwnUser => OperatingSystem.IsWindows() ? 0 : EffectiveUser();

    /// <summary>Is the other end this user's, or root's?</summary>
    public static bool IsTrusted(Socket socket) => !OperatingSystem.IsLinux() || IsTrusted(UserOf(socket), OwnUser);

    /// <summary>Is the other user this one, or root?</summary>
    public static bool IsTrusted(uint other, uint own) => other == own || other == 0;

    /// <summary>The other end's user, as it was when the connection was made (struct ucred: pid, uid, gid).</summary>
    public static uint UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SocketLevel, PeerCredential, credentials) == credentials.Length
            ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..])
            : throw new SocketException((int)SocketError.InvalidArgument);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
