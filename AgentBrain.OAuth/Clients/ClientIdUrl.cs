using System.Diagnostics.CodeAnalysis;

namespace AgentBrain.OAuth.Clients;

/// <summary>
/// A client id that is the URL of the client's metadata (client id metadata documents §3): https, a host name, a path, and nothing
/// that readers could read differently. It is compared as the text that it is.
/// </summary>
public sealed record ClientIdUrl
{
    /// <summary>What such ids begin with; no id of any other kind does.</summary>
    public const string Prefix = "https://";

    private ClientIdUrl(RedirectUri url) => (Text, Host, Port) = (url.Text, url.Host, url.Port ?? 443);

    /// <summary>The URL, exactly.</summary>
    public string Text { get; }

    /// <summary>The host name, in lower case.</summary>
    public string Host { get; }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Is it an id of this kind, right or wrong?</summary>
    public static bool IsMeant(string? clientId) => clientId?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads an id.</summary>
    /// <param name="clientId">The id.</param>
    /// <param name="allowLoopback">May the host be the machine itself? Only where the server itself is reached on it alone.</param>
    /// <param name="url">What was read.</param>
    /// <param name="problem">What is wrong with it, without a part of it.</param>
    public static bool TryRead(string? clientId, bool allowLoopback, [NotNullWhen(true)] out ClientIdUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        if (!RedirectUri.TryRead(clientId, out var read, out problem))
            return false;

        problem = ProblemOf(read, allowLoopback);
        if (problem is not null)
            return false;

        url = new ClientIdUrl(read);
        return true;
    }

    private static string? ProblemOf(RedirectUri read, bool allowLoopback)
    {
        if (read.Kind != RedirectUriKind.Https)
            return "is not an https URL";

        if (UriHost.IsLoopback(read.Host) ? !allowLoopback : !UriHost.IsName(read.Host))
            return "does not name a public host";

        if (read.PathAndQuery.Contains('?', StringComparison.Ordinal))
            return "has a query";

        return read.PathAndQuery.Length > 1 ? null : "has no path";
    }
}
