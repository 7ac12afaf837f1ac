using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace AgentBrain.OAuth.Clients;

/// <summary>Hosts of URIs, in lower case. What some readers take for an address and others for a name is neither.</summary>
internal static class UriHost
{
    private const int MaxName = 253;
    private const int MaxLabel = 63;
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>One of the three hosts that are the machine itself, in the one spelling that they have here.</summary>
    public static bool IsLoopback(string host) => host is "127.0.0.1" or "[::1]" or "localhost";

    /// <summary>A name of the DNS with two labels at least. A last label of digits alone, or like <c>0x1f</c>, would make it an address for browsers.</summary>
    public static bool IsName(string host)
    {
        if (host.Length is 0 or > MaxName)
            return false;

        var labels = host.Split('.');
        return labels.Length >= 2 && Array.TrueForAll(labels, IsLabel) && !char.IsAsciiDigit(labels[^1][0]);
    }

    /// <summary>An address in its canonical form: four decimals without leading zeros, or IPv6 in brackets.</summary>
    public static bool IsAddress(string host)
    {
        var inner = host is ['[', .., ']'] ? host[1..^1] : host;
        return IPAddress.TryParse(inner, out var address)
            && address.AddressFamily == (inner.Length == host.Length ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)
            && string.Equals(address.ToString(), inner, StringComparison.Ordinal);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabel && label[0] != '-' && label[^1] != '-' && !label.AsSpan().ContainsAnyExcept(LabelCharacters);
}
