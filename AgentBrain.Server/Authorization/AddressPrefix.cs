using System.Net;
using System.Net.Sockets;

namespace AgentBrain.Server.Authorization;

/// <summary>What counts as one stranger: an IPv4 address, or the /64 of an IPv6 address, which one household gets whole.</summary>
internal static class AddressPrefix
{
    /// <summary>The prefix as text; <c>unknown</c> where the connection has no address.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
