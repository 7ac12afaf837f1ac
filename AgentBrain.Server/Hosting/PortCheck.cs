using System.Net;
using System.Net.Sockets;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>Tries the ports before Kestrel does, whose failure would be two stack traces instead of a sentence.</summary>
internal static class PortCheck
{
    /// <summary>Binds and releases every address.</summary>
    /// <exception cref="ConfigurationException">One is taken, or not this machine's.</exception>
    public static void Run(ServerSettings settings)
    {
        foreach (var listen in settings.Listen.Where(listen => listen.Port != 0))
        {
            try
            {
                using var probe = new TcpListener(listen.Address ?? IPAddress.Loopback, listen.Port);
                probe.Start();
                probe.Stop();
            }
            catch (SocketException exception)
            {
                throw new ConfigurationException(
                    exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                        ? $"--urls holds {listen.Url}, whose port another program is using; stop that program, or choose another port with --urls."
                        : $"--urls holds {listen.Url}, which cannot be bound ({exception.SocketErrorCode}); choose an address of this machine and a port that the server's user may open.",
                    exception);
            }
        }
    }
}
