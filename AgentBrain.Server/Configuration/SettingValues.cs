using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace AgentBrain.Server.Configuration;

/// <summary>Reads single values; each error is one sentence that names the setting.</summary>
/// <param name="configuration">Environment, command line and files, as the host put them together.</param>
internal sealed class SettingValues(IConfiguration configuration)
{
    /// <summary>The text of a setting, or <c>null</c> when it is absent or blank.</summary>
    public string? Text(string name) => configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>A whole number within bounds.</summary>
    public long Number(string name, long fallback, long least, long most)
    {
        if (Text(name) is not { } text)
            return fallback;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new ConfigurationException($"{name} is {text}; it must be a whole number from {least} to {most}.");
    }

    /// <summary>The mode; absent is none.</summary>
    public AuthMode Mode() => Text(SettingNames.Auth) switch
    {
        null or "none" => AuthMode.None,
        "basic" => AuthMode.Basic,
        "oauth" => AuthMode.OAuth,
        var other => throw new ConfigurationException($"{SettingNames.Auth} is {other}; it must be none, basic or oauth."),
    };

    /// <summary>The public URL: http or https, no user info, query or fragment.</summary>
    public Uri? PublicUrl()
    {
        if (Text(SettingNames.PublicUrl) is not { } text)
            return null;

        return Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0, AbsolutePath: "/" }
            ? url
            : throw new ConfigurationException($"{SettingNames.PublicUrl} is {text}; it must be a scheme and a host like https://brain.example.com, without a path, query or user name.");
    }

    /// <summary>The address that may be bound without protection.</summary>
    public IPAddress? AllowInsecure()
    {
        if (Text(SettingNames.AllowInsecure) is not { } text)
            return null;

        return IPAddress.TryParse(text, out var address)
            ? address
            : throw new ConfigurationException($"{SettingNames.AllowInsecure} is {text}; its value must be the IP address that --urls binds, for example 192.168.1.20.");
    }

    /// <summary>Origins, as browsers send them: a scheme, a host, a port unless it is the scheme's own.</summary>
    public ImmutableArray<string> AllowedOrigins() => [.. List(SettingNames.AllowedOrigins).Select(Origin)];

    /// <summary>Networks in CIDR notation.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies() => [.. List(SettingNames.TrustedProxies).Select(Network)];

    /// <summary>The certificate and key; both or none.</summary>
    public TlsFiles? Tls()
    {
        var (certificate, key) = (Text(SettingNames.TlsCert), Text(SettingNames.TlsKey));
        if (certificate is null && key is null)
            return null;

        if (certificate is null || key is null)
            throw new ConfigurationException($"{SettingNames.TlsCert} and {SettingNames.TlsKey} go together; set both to PEM files.");

        foreach (var (name, path) in new[] { (SettingNames.TlsCert, certificate), (SettingNames.TlsKey, key) })
        {
            if (!File.Exists(path))
                throw new ConfigurationException($"{name} names {path}, which is no file; name a PEM file.");
        }

        try
        {
            PrivateFile.Find(SettingNames.TlsKey, key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{SettingNames.TlsKey} names {key}, which cannot be read; let the server's user read it.", exception);
        }

        return new TlsFiles(certificate, key);
    }

    public string[] List(string name) => (Text(name) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && string.Equals(url.GetLeftPart(UriPartial.Authority), text, StringComparison.Ordinal)
        && url.UserInfo.Length == 0
            ? text
            : throw new ConfigurationException($"{SettingNames.AllowedOrigins} holds {text}; each must be an origin as browsers send it, for example https://app.example.com, in lower case and without a path.");

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0
            ? network
            : throw new ConfigurationException($"{SettingNames.TrustedProxies} holds {text}; each must be a network like 10.0.0.0/8 or one address like 10.0.0.7/32, and not every address there is.");
}
