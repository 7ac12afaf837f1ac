using System.Collections.Immutable;
using System.Net;

namespace AgentBrain.Server.Configuration;

/// <summary>One address that the server binds.</summary>
/// <param name="IsHttps">True when the connection itself is TLS.</param>
/// <param name="Address">The bind address; <c>null</c> stands for <c>localhost</c>, both loopback addresses.</param>
/// <param name="Port">The port; 0 lets the system choose.</param>
internal sealed record ListenAddress(bool IsHttps, IPAddress? Address, int Port)
{
    /// <summary>Where the server listens when nobody says otherwise.</summary>
    public const string Default = "http://127.0.0.1:8765";

    /// <summary>True when only this machine can reach the address.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>The address as a URL.</summary>
    public string Url => $"{(IsHttps ? "https" : "http")}://{(Address is null ? "localhost" : new IPEndPoint(Address, 0).ToString()[..^2])}:{Port}";

    /// <summary>Reads <c>--urls</c> / <c>ASPNETCORE_URLS</c>, or <c>ASPNETCORE_HTTP(S)_PORTS</c>, or takes <see cref="Default"/>.</summary>
    /// <exception cref="ConfigurationException">No http(s) address, a host name, or a section that would go round the rules of the mode.</exception>
    public static ImmutableArray<ListenAddress> Read(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new ConfigurationException("Kestrel:Endpoints is not read, because the rules of the mode must see every address; use --urls or ASPNETCORE_URLS.");

        var urls = configuration[WebHostDefaults.ServerUrlsKey];
        if (string.IsNullOrWhiteSpace(urls))
        {
            urls = string.Join(';', Ports(configuration[WebHostDefaults.HttpPortsKey], "http").Concat(Ports(configuration[WebHostDefaults.HttpsPortsKey], "https")));
            if (urls.Length == 0)
                urls = Default;
        }

        return [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).Distinct()];
    }

    private static IEnumerable<string> Ports(string? ports, string scheme) =>
        (ports ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}");

    private static ListenAddress Parse(string url)
    {
        BindingAddress parsed;
        try
        {
            parsed = BindingAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            throw Refuse(url, exception);
        }

        var isHttps = string.Equals(parsed.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        if ((!isHttps && !string.Equals(parsed.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase))
            || parsed.IsUnixPipe || parsed.IsNamedPipe || parsed.PathBase.Length > 0)
            throw Refuse(url);

        if (string.Equals(parsed.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return new ListenAddress(isHttps, null, parsed.Port);

        // Kestrel would take an unknown name for "every address", which is the opposite of what its author meant.
        if (parsed.Host is "*" or "+")
            return new ListenAddress(isHttps, IPAddress.IPv6Any, parsed.Port);

        return IPAddress.TryParse(parsed.Host, out var address) ? new ListenAddress(isHttps, address, parsed.Port) : throw Refuse(url);
    }

    private static ConfigurationException Refuse(string url, Exception? inner = null) =>
        new($"--urls (ASPNETCORE_URLS) holds {url}, which is no http or https address of the form {Default}, with an IP address, localhost or *.", inner);
}
