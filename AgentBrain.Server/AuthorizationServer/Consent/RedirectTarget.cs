using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>
/// Where an answer is sent to, as a person has to understand it. Whether the client may name it was judged before, exactly; what is
/// written in a way that two parsers could read differently is none all the same.
/// </summary>
internal sealed record RedirectTarget
{
    // Schemes that browsers do not hand to a program, or that they act on themselves.
    private static readonly string[] NotPrograms =
        ["about", "blob", "chrome", "data", "filesystem", "file", "ftp", "http", "https", "intent", "javascript", "mailto", "ms-appx", "resource", "tel", "vbscript", "view-source", "ws", "wss"];

    private RedirectTarget(RedirectKind kind, string uri, string shown, string source, string memory) =>
        (Kind, Uri, Shown, FormSource, Memory) = (kind, uri, shown, source, memory);

    /// <summary>What kind of place it is.</summary>
    public RedirectKind Kind { get; }

    /// <summary>The URI, exactly.</summary>
    public string Uri { get; }

    /// <summary>The host with its port if it is not the usual one; of a program's own scheme the scheme.</summary>
    public string Shown { get; }

    /// <summary>The source in a content security policy that lets a form's answer lead there.</summary>
    public string FormSource { get; }

    /// <summary>What consent is remembered by: a loopback port differs each time, a host does not.</summary>
    public string Memory { get; }

    /// <summary>Reads a redirect URI.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out RedirectTarget? target)
    {
        target = text is { Length: > 0 and <= 2048 } && text.All(static c => c is > ' ' and <= '~' and not ('\\' or '#' or '"' or '<' or '>' or '`'))
            && System.Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
            ? Of(text, uri)
            : null;
        return target is not null;
    }

    private static RedirectTarget? Of(string text, Uri uri)
    {
        var isHttp = uri.Scheme == System.Uri.UriSchemeHttp;
        if ((isHttp || uri.Scheme == System.Uri.UriSchemeHttps) && !text.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase))
            return null;

        if (isHttp)
            return IsLoopback(uri.Host) ? Loopback(text, uri) : null;

        if (uri.Scheme == System.Uri.UriSchemeHttps)
        {
            var shown = uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}";
            return shown.Length == 0 ? null : new RedirectTarget(RedirectKind.Https, text, shown, "https://" + shown, "https://" + shown);
        }

        return NotPrograms.Contains(uri.Scheme, StringComparer.Ordinal) ? null : new RedirectTarget(RedirectKind.Program, text, uri.Scheme + ":", uri.Scheme + ":", uri.Scheme + ":");
    }

    private static RedirectTarget Loopback(string text, Uri uri)
    {
        // A policy has no way to write an IPv6 address.
        var source = uri.HostNameType == UriHostNameType.IPv6 ? "http:" : $"http://{uri.Host}:{uri.Port}";
        return new RedirectTarget(RedirectKind.Loopback, text, $"{uri.Host}:{uri.Port}", source, $"http://{uri.Host}");
    }

    private static bool IsLoopback(string host) => host is "127.0.0.1" or "[::1]" or "localhost";
}

/// <summary>Kinds of places that answers are sent to.</summary>
internal enum RedirectKind
{
    /// <summary>A site, whose name TLS proves.</summary>
    Https,

    /// <summary>A port of the browser's own machine: any program there can listen on one.</summary>
    Loopback,

    /// <summary>A scheme that a program of the browser's machine has claimed: any can.</summary>
    Program,
}
