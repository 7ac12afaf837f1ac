using System.Net;
using AgentBrain.OAuth.Clients;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>Where a server that fetches what strangers name must not be sent to (RFC 6890, SR-31).</summary>
public sealed class SpecialAddressesTests
{
    public static TheoryData<string> Forbidden =>
    [
        "0.0.0.0", "0.0.0.1", "0.255.255.255", // this network
        "10.0.0.0", "10.0.0.1", "10.255.255.255", // private
        "100.64.0.0", "100.64.0.1", "100.100.100.200", "100.127.255.255", // carrier-grade NAT, and a cloud's metadata
        "127.0.0.0", "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.255", // loopback
        "168.63.129.16", // a cloud's wire server
        "169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255", // link-local, and clouds' metadata
        "172.16.0.0", "172.17.0.1", "172.31.255.255", // private
        "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.192", // protocol assignments
        "192.0.2.1", "198.51.100.1", "203.0.113.1", // documentation
        "192.31.196.1", "192.175.48.1", // AS112
        "192.52.193.1", // AMT
        "192.88.99.1", // 6to4 relays
        "192.168.0.0", "192.168.1.1", "192.168.255.255", // private
        "198.18.0.0", "198.18.0.1", "198.19.255.255", // benchmarking
        "224.0.0.1", "224.0.0.251", "239.255.255.250", // multicast
        "240.0.0.1", "250.1.2.3", "255.255.255.254", "255.255.255.255", // reserved, and broadcast
        "::", "::1", "::2", // unspecified, loopback
        "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", // IPv4-compatible
        "::ffff:0:0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", // IPv4-mapped
        "::ffff:0:127.0.0.1", // IPv4-translated
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::1", // NAT64
        "100::1", "100:0:0:1::1", // discard, dummy
        "2001::1", "2001:0:7f00:1::", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:1ff:ffff::1", // protocol assignments: Teredo, benchmarking, ORCHID, drone remote id
        "2001:db8::", "2001:db8::1", "2001:db8:ffff::1", "3fff::1", "3fff:fff::1", // documentation
        "2002::1", "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1", // 6to4, of private addresses too
        "2620:4f:8000::1", // AS112
        "3ffe::1", // 6bone
        "5f00::1", // segment routing
        "fc00::1", "fd00::1", "fd00:ec2::254", "fdff:ffff::1", // unique local, and a cloud's metadata
        "fe80::1", "fe80::1%1", "febf::1", // link-local
        "fec0::1", "feff::1", // site-local
        "ff00::1", "ff02::1", "ff0e::1", // multicast
        "2600::5efe:10.0.0.1", "2600::200:5efe:10.0.0.1", "4000::1", "8000::1", "1::1", // ISATAP; what is not assigned
    ];

    [Fact]
    public void The_corpus_has_more_than_sixty_forms() => Assert.InRange(Forbidden.Select(row => row.Data).Distinct().Count(), 100, 1000);

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_special_address_is_not_of_the_public_internet(string address) => Assert.False(SpecialAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("203.0.112.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2001:db7:ffff::1")]
    [InlineData("2001:db9::1")]
    [InlineData("2003::1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("3fff:1000::1")]
    [InlineData("2600::1:5efe:0:1")]
    public void Its_neighbours_are(string address) => Assert.True(SpecialAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.53", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    public void The_machine_itself_is_known_in_the_plain_form(string address, bool isLoopback) => Assert.Equal(isLoopback, SpecialAddresses.IsLoopback(IPAddress.Parse(address)));
}
