using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AgentBrain.OAuth.Clients;

/// <summary>
/// A channel to hosts that strangers name. The name is looked up once, every address of it is judged, and the connection goes to one
/// of those that were judged: a name that is looked up a second time may lead elsewhere (DNS rebinding). TLS proves the name.
/// </summary>
internal static class GuardedChannel
{
    /// <summary>Makes the channel. No proxy, no redirects, no cookies, nothing unpacked, and no connection is kept.</summary>
    public static HttpMessageInvoker Create(INameResolver resolver, DocumentLimits limits, Connect connect) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectTimeout = limits.Timeout,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Chain(limits.TrustedRoots) },
        ConnectCallback = (context, cancellationToken) => ConnectAsync(resolver, limits, connect, context.DnsEndPoint, cancellationToken),
    });

    private static X509ChainPolicy? Chain(X509Certificate2Collection? roots)
    {
        if (roots is null)
            return null;

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static async ValueTask<Stream> ConnectAsync(INameResolver resolver, DocumentLimits limits, Connect connect, DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await resolver.ResolveAsync(target.Host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => IsAllowed(address, target.Host, limits)))
            throw new ForbiddenAddressException();

        return await connect(addresses, target.Port, cancellationToken);
    }

    /// <summary>Connects to the first of the addresses that answers, and to nothing else.</summary>
    public static async ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>This machine is reached under its own names only, so that no name of the DNS leads to it.</summary>
    private static bool IsAllowed(IPAddress address, string host, DocumentLimits limits) =>
        SpecialAddresses.IsPublic(address) || (limits.AllowLoopback && UriHost.IsLoopback(host) && SpecialAddresses.IsLoopback(address));
}

/// <summary>Opens a connection to one of several addresses.</summary>
internal delegate ValueTask<Stream> Connect(IPAddress[] addresses, int port, CancellationToken cancellationToken);

/// <summary>A host has an address to which nothing is sent.</summary>
internal sealed class ForbiddenAddressException() : IOException("The host has an address that is not of the public internet.");
