using System.Collections.Immutable;
using System.Net;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Configuration.OAuth;

namespace AgentBrain.Server.Configuration;

/// <summary>
/// All settings, read and judged once at the start; nothing reads configuration after that. Secrets that callers show are kept as
/// digests. Those that the server itself shows, to an issuer or to Redis, are kept as they are, and in no text of these records.
/// </summary>
internal sealed record ServerSettings
{
    /// <summary>How callers are authenticated.</summary>
    public required AuthMode Mode { get; init; }

    /// <summary>The one public URL, without a trailing slash, or <c>null</c> when it is not configured. Scheme http or https.</summary>
    public required Uri? PublicUrl { get; init; }

    /// <summary>The addresses to bind.</summary>
    public required ImmutableArray<ListenAddress> Listen { get; init; }

    /// <summary>The brains; the first is the default.</summary>
    public required ImmutableArray<BrainDefinition> Brains { get; init; }

    /// <summary>The secrets of the basic mode, one or two; empty in the others.</summary>
    public required ImmutableArray<BasicSecret> BasicSecrets { get; init; }

    /// <summary>What the mode oauth needs; <c>null</c> in the others.</summary>
    public OAuthSettings? OAuth { get; init; }

    /// <summary>The authorization server within this program; <c>null</c> when there is none.</summary>
    public AuthorizationServerSettings? AuthorizationServer { get; init; }

    /// <summary>The bind address off loopback that the mode none may use, if the operator named one.</summary>
    public required IPAddress? AllowInsecure { get; init; }

    /// <summary>Origins, as browsers send them, of web pages that may call the MCP endpoints.</summary>
    public required ImmutableArray<string> AllowedOrigins { get; init; }

    /// <summary>Certificate and key for the https addresses, or <c>null</c>.</summary>
    public required TlsFiles? Tls { get; init; }

    /// <summary>Networks whose forwarding headers are believed.</summary>
    public required ImmutableArray<IPNetwork> TrustedProxies { get; init; }

    /// <summary>What a request may take.</summary>
    public required RequestLimits Limits { get; init; }

    /// <summary>The largest size of a brain's database file in bytes; 0 for no limit but the disk's.</summary>
    public long MaxIndexBytes { get; init; }

    /// <summary>Files that hold a secret, by their real paths: they are never indexed, wherever a root may be.</summary>
    public ImmutableArray<string> SecretFiles { get; init; } = [];

    /// <summary>Settings with our prefix that nothing reads.</summary>
    public ImmutableArray<string> UnknownNames { get; init; } = [];

    /// <summary>What every URL that leaves the server starts with, without a trailing slash: the public URL, else the first listening address.</summary>
    public string BaseUrl => (PublicUrl?.AbsoluteUri ?? Listen[0].Url).TrimEnd('/');
}

/// <summary>A certificate (chain) and its key, in PEM.</summary>
/// <param name="CertificatePath">File with the certificate, and any intermediate ones after it.</param>
/// <param name="KeyPath">File with the unencrypted private key.</param>
internal sealed record TlsFiles(string CertificatePath, string KeyPath);
