using System.Globalization;
using System.Net;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Which <c>Host</c> and <c>Origin</c> a request may have. A page that rebinds its name to 127.0.0.1 sends its own name as Host; a
/// page of another site sends its origin.
/// </summary>
internal sealed class HostPolicy(ServerSettings settings)
{
    /// <summary>
    /// True for a loopback address or <c>localhost</c> with the port of the connection, for the public URL's host, and, where the
    /// operator opened one address to everybody, for that address as a literal (a rebound name is no literal).
    /// </summary>
    public bool AllowsHost(HttpContext context)
    {
        var host = context.Request.Headers.Host;
        if (host is not [{ Length: > 0 } value])
            return false;

        if (settings.PublicUrl is { } url && IsHostOf(url, value))
            return true;

        var connection = context.Connection;
        if (!TrySplit(value, out var name, out var port) || (port ?? (context.Request.IsHttps ? 443 : 80)) != connection.LocalPort)
            return false;

        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || (Literal(name) is { } address
                && (IPAddress.IsLoopback(address) || (settings.AllowInsecure is not null && address.Equals(Plain(connection.LocalIpAddress)))));
    }

    /// <summary>True for an allowed origin; loopback origins are allowed where nobody but this machine is served.</summary>
    public bool AllowsOrigin(HttpContext context, string? origin)
    {
        if (string.IsNullOrEmpty(origin))
            return false;

        if (settings.AllowedOrigins.Contains(origin, StringComparer.Ordinal))
            return true;

        return settings.PublicUrl is null or { IsLoopback: true }
            && IsLoopback(context.Connection.LocalIpAddress)
            && IsLoopbackOrigin(origin);
    }

    /// <summary>True when the connection ends at a loopback address of this machine.</summary>
    public static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(Plain(address)!);

    /// <summary>The port that the scheme has anyway may be said: most clients leave it out, some proxies put it in.</summary>
    private static bool IsHostOf(Uri url, string value) =>
        string.Equals(value, url.Authority, StringComparison.OrdinalIgnoreCase)
        || (url.IsDefaultPort && string.Equals(value, string.Create(CultureInfo.InvariantCulture, $"{url.Authority}:{url.Port}"), StringComparison.OrdinalIgnoreCase));

    private static bool IsLoopbackOrigin(string origin)
    {
        var rest = origin.StartsWith("http://", StringComparison.Ordinal) ? origin.AsSpan(7)
            : origin.StartsWith("https://", StringComparison.Ordinal) ? origin.AsSpan(8)
            : default;
        return !rest.IsEmpty && TrySplit(rest.ToString(), out var name, out _)
            && (string.Equals(name, "localhost", StringComparison.Ordinal) || (Literal(name) is { } address && IPAddress.IsLoopback(address)));
    }

    /// <summary>Splits a host from its port. Both must be written as browsers write them, so that nothing can hide in the text.</summary>
    private static bool TrySplit(string value, out string name, out int? port)
    {
        port = null;
        var colon = value.LastIndexOf(':');
        var hasPort = colon > value.LastIndexOf(']');
        name = hasPort ? value[..colon] : value;
        if (!hasPort)
            return name.Length > 0;

        var digits = value[(colon + 1)..];
        if (!ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0 || digits[0] == '0')
            return false;

        port = number;
        return name.Length > 0;
    }

    /// <summary>An address in its one canonical spelling (so not 127.1 or 0x7f000001), IPv6 in brackets.</summary>
    private static IPAddress? Literal(string name)
    {
        var isV6 = name is ['[', .., ']'];
        var text = isV6 ? name[1..^1] : name;
        return IPAddress.TryParse(text, out var address) && text.Contains(':') == isV6 && string.Equals(address.ToString(), text, StringComparison.Ordinal)
            ? address
            : null;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
