using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentBrain.OAuth.Clients;

/// <summary>
/// A redirect URI taken apart, by rules under which no two readers can disagree about where it leads: printable ASCII, nothing
/// escaped that need not be, no user info, no fragment, no dot segments. What is not one of three kinds is none.
/// </summary>
public sealed record RedirectUri
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 2000;

    // RFC 3986 without the characters that are a fragment's or that browsers read otherwise than the RFC, and without the wildcard.
    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()+,;=%");
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>Schemes without a dot that programs in use have claimed. RFC 8252 §7.1 wants a reversed domain name.</summary>
    private static readonly string[] KnownSchemes = ["cursor", "vscode", "vscode-insiders", "windsurf"];

    private RedirectUri(string text, RedirectUriKind kind, string scheme, string host, int? port, string rest) =>
        (Text, Kind, Scheme, Host, Port, PathAndQuery) = (text, kind, scheme, host, port, rest);

    /// <summary>The URI, exactly as it was written.</summary>
    public string Text { get; }

    /// <summary>What kind of place it is.</summary>
    public RedirectUriKind Kind { get; }

    /// <summary>The scheme.</summary>
    public string Scheme { get; }

    /// <summary>The host in lower case, an IPv6 address in its brackets; empty for a private-use scheme without one.</summary>
    public string Host { get; }

    /// <summary>The port, if one is written.</summary>
    public int? Port { get; }

    /// <summary>All that follows.</summary>
    public string PathAndQuery { get; }

    /// <summary>Reads a URI.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="uri">What was read.</param>
    /// <param name="problem">What is wrong with it, without a part of it: the end of a sentence that begins with its name.</param>
    public static bool TryRead(string? text, [NotNullWhen(true)] out RedirectUri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        problem = ProblemOf(text);
        if (problem is not null)
            return false;

        var colon = text!.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 0 ? text[..colon] : "";
        if (scheme.Length == 0 || !char.IsAsciiLetterLower(scheme[0]) || scheme.AsSpan().ContainsAnyExcept(SchemeCharacters))
        {
            problem = "has no scheme, or not in lower case";
            return false;
        }

        uri = scheme is "http" or "https" ? ReadWeb(text, scheme, out problem) : ReadPrivateUse(text, scheme, out problem);
        return uri is not null;
    }

    /// <summary>
    /// Does a request for this URI answer to a registered one? Exactly, but for the port of a loopback address, which the system
    /// chooses anew each time (RFC 8252 §7.3). The loopback hosts are three, not one: what is registered for one is not for another.
    /// </summary>
    public static bool Matches(string registered, string requested)
    {
        if (string.Equals(registered, requested, StringComparison.Ordinal))
            return TryRead(requested, out _, out _);

        return TryRead(registered, out var one, out _) && TryRead(requested, out var other, out _)
            && one.Kind == RedirectUriKind.Loopback && other.Kind == RedirectUriKind.Loopback
            && string.Equals(one.Host, other.Host, StringComparison.Ordinal)
            && string.Equals(one.PathAndQuery, other.PathAndQuery, StringComparison.Ordinal);
    }

    private static string? ProblemOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "is empty";

        if (text.Length > MaxLength)
            return $"is longer than {MaxLength} characters";

        if (text.Contains('#', StringComparison.Ordinal))
            return "has a fragment (RFC 6749 §3.1.2)";

        if (text.Contains('*', StringComparison.Ordinal))
            return "has a wildcard; URIs are compared exactly";

        if (text.AsSpan().ContainsAnyExcept(Characters))
            return "has a character that a URI must escape (RFC 3986)";

        return HasOnlyWholeEscapes(text) ? null : "has a percent sign that escapes nothing";
    }

    private static bool HasOnlyWholeEscapes(string text)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                return false;
        }

        return true;
    }

    private static RedirectUri? ReadWeb(string text, string scheme, out string? problem)
    {
        var start = scheme.Length + "://".Length;
        if (!text.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal) || !TrySplit(text, start, out var host, out var port, out var rest))
        {
            problem = "is not of the form scheme://host:port/path, or has user info";
            return null;
        }

        if (HasDotSegments(rest))
        {
            problem = "has dot segments in its path";
            return null;
        }

        var isLoopback = UriHost.IsLoopback(host);
        if (scheme == "http" && !isLoopback)
        {
            problem = "is http off the loopback hosts 127.0.0.1, [::1] and localhost";
            return null;
        }

        // The platform's reader is the second opinion: where it sees another host or port, somebody else might as well.
        if (!(isLoopback || UriHost.IsName(host) || UriHost.IsAddress(host)) || !IsSeenAlike(text, host, port))
        {
            problem = "has no host that every reader reads alike";
            return null;
        }

        problem = null;
        return new RedirectUri(text, scheme == "http" ? RedirectUriKind.Loopback : RedirectUriKind.Https, scheme, host, port, rest);
    }

    private static bool IsSeenAlike(string text, string host, int? port) =>
        Uri.TryCreate(text, UriKind.Absolute, out var seen)
        && string.Equals(seen.Host, host, StringComparison.Ordinal)
        && (port is null ? seen.IsDefaultPort : seen.Port == port)
        && seen.UserInfo.Length == 0 && seen.Fragment.Length == 0;

    private static RedirectUri? ReadPrivateUse(string text, string scheme, out string? problem)
    {
        if (!scheme.Contains('.', StringComparison.Ordinal) && !KnownSchemes.Contains(scheme, StringComparer.Ordinal))
        {
            problem = "has a scheme that is neither http, https, a reversed domain name (RFC 8252 §7.1) nor one that is known here";
            return null;
        }

        problem = null;
        var rest = text[(scheme.Length + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            if (rest is ['/', not '/', ..])
                return new RedirectUri(text, RedirectUriKind.PrivateUse, scheme, "", null, rest);
        }
        else if (TrySplit(text, scheme.Length + "://".Length, out var host, out var port, out rest))
        {
            return new RedirectUri(text, RedirectUriKind.PrivateUse, scheme, host, port, rest);
        }

        problem = "is not of the form scheme:/path or scheme://host/path, or has user info";
        return null;
    }

    /// <summary>Takes authority and rest apart.</summary>
    private static bool TrySplit(string text, int start, out string host, out int? port, out string rest)
    {
        (host, port, rest) = ("", null, "");
        var end = text.AsSpan(start).IndexOfAny('/', '?') is var found and >= 0 ? start + found : text.Length;
        var authority = text.AsSpan(start, end - start);
        if (authority.IsEmpty || authority.Contains('@') || authority.Contains('%'))
            return false;

        var colon = authority[0] == '[' ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        if (authority[0] == '[' && colon == 0)
            return false;

        if (colon >= 0 && colon < authority.Length)
        {
            if (authority[colon] != ':' || ReadPort(authority[(colon + 1)..]) is not { } number)
                return false;

            port = number;
            authority = authority[..colon];
        }

        host = authority.ToString().ToLowerInvariant();
        rest = text[end..];
        return host.Length > 0;
    }

    private static int? ReadPort(ReadOnlySpan<char> digits) =>
        digits is [>= '1' and <= '9', ..] && digits.Length <= 5 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue ? port : null;

    /// <summary>Browsers take dot segments away, escaped ones too, and then it is another path than the one that was compared.</summary>
    private static bool HasDotSegments(string rest)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? rest : rest[..query];
        return path.Split('/').Any(static segment => segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..");
    }
}
