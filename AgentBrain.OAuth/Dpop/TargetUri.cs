using System.Buffers;
using System.Globalization;
using System.Text;

namespace AgentBrain.OAuth.Dpop;

/// <summary>
/// A URI in the one form in which <c>htu</c> and the request's own are compared (RFC 9449 §4.3, number 9; RFC 3986 §6.2.2, §6.2.3):
/// scheme and host in lower case, no default port, no needless percent-encoding, no query, no fragment, and without the path's last
/// slash, if it has one. Dot segments are refused rather than resolved, user information always.
/// </summary>
/// <remarks>The platform's own parser repairs what it reads (back slashes, white space, dots); what must be compared must not be repaired.</remarks>
public static class TargetUri
{
    private const int MaxLength = 2048;
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static readonly SearchValues<char> UnreservedCharacters = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> UriCharacters = SearchValues.Create(Unreserved + ":/?#[]@!$&'()*+,;=%");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>The one form of an absolute <c>http</c> or <c>https</c> URI; <c>null</c> for anything else.</summary>
    public static string? Normalize(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Length > MaxLength || uri.AsSpan().ContainsAnyExcept(UriCharacters) || ReadScheme(uri) is not { } scheme)
            return null;

        var rest = uri.AsSpan(scheme.Length + "://".Length);
        var end = rest.IndexOfAny('?', '#');
        if (end >= 0)
            rest = rest[..end];

        var slash = rest.IndexOf('/');
        var authority = ReadAuthority(slash < 0 ? rest : rest[..slash], scheme == "https" ? 443 : 80);
        var path = ReadPath(slash < 0 ? [] : rest[slash..]);
        return authority is null || path is null ? null : $"{scheme}://{authority}{path}";
    }

    private static string? ReadScheme(string uri) =>
        uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https"
        : uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http"
        : null;

    private static string? ReadAuthority(ReadOnlySpan<char> authority, int defaultPort)
    {
        var hostEnd = authority.StartsWith("[") ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        var host = hostEnd < 0 ? authority : authority[..hostEnd];
        var port = hostEnd < 0 ? [] : authority[hostEnd..];
        if (!IsHost(host) || !TryReadPort(port, defaultPort, out var number))
            return null;

        var name = host.ToString().ToLowerInvariant();
        return number == defaultPort ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{number}");
    }

    private static bool IsHost(ReadOnlySpan<char> host) => host is ['[', .. var address, ']']
        ? !address.IsEmpty && !address.ContainsAnyExcept(AddressCharacters)
        : host is [not '.', ..] && !host.ContainsAnyExcept(UnreservedCharacters) && host.IndexOf("..") < 0;

    private static bool TryReadPort(ReadOnlySpan<char> port, int defaultPort, out int number)
    {
        number = defaultPort;
        return port is [] or [':'] || (port[0] == ':' && port.Length <= 6
            && int.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 65535);
    }

    private static string? ReadPath(ReadOnlySpan<char> path)
    {
        var text = new StringBuilder(path.Length);
        for (var at = 0; at < path.Length; at++)
        {
            if (path[at] != '%')
            {
                text.Append(path[at]);
                continue;
            }

            if (at + 2 >= path.Length || !byte.TryParse(path.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return null;

            if (UnreservedCharacters.Contains((char)octet))
                text.Append((char)octet);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");

            at += 2;
        }

        var normal = text.ToString();
        if (normal.Split('/').Any(segment => segment is "." or ".."))
            return null;

        return normal.EndsWith('/') ? normal[..^1] : normal;
    }
}
