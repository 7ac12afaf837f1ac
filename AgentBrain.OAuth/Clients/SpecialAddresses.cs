using System.Net;
using System.Net.Sockets;

namespace AgentBrain.OAuth.Clients;

/// <summary>
/// Addresses that are not on the public internet, by the special-purpose registries of the IANA (RFC 6890) and what clouds have put
/// beside them. A server that fetches what strangers name must not be sent to one. Of IPv6 nothing but global unicast is let
/// through, without the parts of it in which an IPv4 address is hidden.
/// </summary>
public static class SpecialAddresses
{
    private static readonly IPNetwork[] SpecialV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),          // this network (RFC 791)
        IPNetwork.Parse("10.0.0.0/8"),         // private (RFC 1918)
        IPNetwork.Parse("100.64.0.0/10"),      // carrier-grade NAT (RFC 6598)
        IPNetwork.Parse("127.0.0.0/8"),        // loopback (RFC 1122)
        IPNetwork.Parse("168.63.129.16/32"),   // the wire server of a cloud, which answers its machines alone
        IPNetwork.Parse("169.254.0.0/16"),     // link-local (RFC 3927), where clouds keep their metadata
        IPNetwork.Parse("172.16.0.0/12"),      // private (RFC 1918)
        IPNetwork.Parse("192.0.0.0/24"),       // protocol assignments (RFC 6890)
        IPNetwork.Parse("192.0.2.0/24"),       // documentation (RFC 5737)
        IPNetwork.Parse("192.31.196.0/24"),    // AS112 (RFC 7535)
        IPNetwork.Parse("192.52.193.0/24"),    // AMT (RFC 7450)
        IPNetwork.Parse("192.88.99.0/24"),     // 6to4 relays (RFC 7526)
        IPNetwork.Parse("192.168.0.0/16"),     // private (RFC 1918)
        IPNetwork.Parse("192.175.48.0/24"),    // AS112 (RFC 7534)
        IPNetwork.Parse("198.18.0.0/15"),      // benchmarking (RFC 2544)
        IPNetwork.Parse("198.51.100.0/24"),    // documentation (RFC 5737)
        IPNetwork.Parse("203.0.113.0/24"),     // documentation (RFC 5737)
        IPNetwork.Parse("224.0.0.0/4"),        // multicast (RFC 5771)
        IPNetwork.Parse("240.0.0.0/4"),        // reserved, and broadcast (RFC 1112, RFC 919)
    ];

    /// <summary>All that is assigned to the public. Loopback, mapped, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), local, unique local and multicast are outside of it.</summary>
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 =
    [
        IPNetwork.Parse("2001::/23"),          // protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
        IPNetwork.Parse("2001:db8::/32"),      // documentation (RFC 3849)
        IPNetwork.Parse("2002::/16"),          // 6to4 (RFC 3056)
        IPNetwork.Parse("2620:4f:8000::/48"),  // AS112 (RFC 7534)
        IPNetwork.Parse("3ffe::/16"),          // the old 6bone (RFC 3701)
        IPNetwork.Parse("3fff::/20"),          // documentation (RFC 9637)
    ];

    /// <summary>Is it an address of the public internet?</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Array.Exists(SpecialV4, network => network.Contains(address)),
        // The platform takes networks for IPv4 ones as soon as a mapped address is asked for, so those are sorted out first.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && GlobalV6.Contains(address) && !Array.Exists(SpecialV6, network => network.Contains(address)) && !IsInsideOfIsatap(address),
        _ => false,
    };

    /// <summary>Is it this machine itself, in the plain form?</summary>
    public static bool IsLoopback(IPAddress address) => !address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(address);

    /// <summary>An interface identifier of RFC 5214 has an IPv4 address in it, to which routers of a site send what comes for it.</summary>
    private static bool IsInsideOfIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return (bytes[8] & 0b1111_1101) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
    }
}
