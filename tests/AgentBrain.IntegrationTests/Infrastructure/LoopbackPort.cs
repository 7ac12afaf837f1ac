using System.Net;
using System.Net.Sockets;

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>A port for a server whose address must be known before it starts, because it stands in the server's own settings.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
