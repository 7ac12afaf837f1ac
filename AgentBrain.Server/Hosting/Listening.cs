using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentBrain.Server.Hosting;

/// <summary>Binds exactly the addresses that were judged, with every ceiling of Kestrel set.</summary>
internal static class Listening
{
    /// <summary>Configures Kestrel.</summary>
    /// <exception cref="ConfigurationException">The certificate or its key cannot be read.</exception>
    public static void ConfigureListening(this IWebHostBuilder web, ServerSettings settings)
    {
        var certificates = settings.Tls is { } tls ? Load(tls) : null;

        web.ConfigureKestrel(kestrel =>
        {
            kestrel.Configure(new ConfigurationBuilder().Build());
            kestrel.AddServerHeader = false;
            SetLimits(kestrel.Limits, settings.Limits);
            foreach (var listen in settings.Listen)
            {
                if (listen.Address is { } address)
                    kestrel.Listen(address, listen.Port, options => Protect(options, listen, certificates));
                else
                    kestrel.ListenLocalhost(listen.Port, options => Protect(options, listen, certificates));
            }
        });
    }

    private static void SetLimits(KestrelServerLimits kestrel, RequestLimits limits)
    {
        kestrel.MaxRequestBodySize = limits.MaxBodyBytes;
        kestrel.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.MaxRequestHeaderCount = 64;
        kestrel.MaxRequestLineSize = 8 * 1024;
        kestrel.MaxConcurrentConnections = 2048;
        kestrel.MaxConcurrentUpgradedConnections = 0;
        kestrel.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        kestrel.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Http2.MaxStreamsPerConnection = 100;
        kestrel.Http2.MaxRequestHeaderFieldSize = 16 * 1024;
    }

    private static void Protect(ListenOptions options, ListenAddress listen, X509Certificate2Collection? certificates)
    {
        if (!listen.IsHttps || certificates is null)
            return;

        options.UseHttps(https =>
        {
            https.ServerCertificate = certificates[0];
            https.ServerCertificateChain = [.. certificates.Skip(1)];
        });
    }

    private static X509Certificate2Collection Load(TlsFiles tls)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(tls.CertificatePath);
            chain[0] = X509Certificate2.CreateFromPemFile(tls.CertificatePath, tls.KeyPath);
            return chain;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{SettingNames.TlsCert} and {SettingNames.TlsKey} name no readable certificate with its own unencrypted key in PEM; make a pair with: tls self-signed --host NAME --out DIR", exception);
        }
    }
}
