using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AgentBrain.IntegrationTests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentBrain.IntegrationTests.AuthorizationServer;

/// <summary>
/// Where a client's metadata document is (OAuth Client ID Metadata Documents): https on a loopback port, with a certificate that only
/// who is given <see cref="TrustFile"/> believes.
/// </summary>
internal sealed class ClientDocumentHost : IAsyncDisposable
{
    private const string DocumentPath = "/client.json";

    private readonly TemporaryDirectory directory = new();
    private readonly X509Certificate2 certificate = MakeCertificate();
    private readonly WebApplication app;
    private int fetches;

    private ClientDocumentHost()
    {
        File.WriteAllText(TrustFile, certificate.ExportCertificatePem());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        app = builder.Build();
        app.MapGet(DocumentPath, () =>
        {
            Interlocked.Increment(ref fetches);
            return Results.Content(Document(), "application/json");
        });
    }

    /// <summary>The document's address, which is the client's <c>client_id</c>.</summary>
    public Uri Id { get; private set; } = null!;

    /// <summary>A file with the certificate, for <c>SSL_CERT_FILE</c>.</summary>
    public string TrustFile => directory.Path("trusted.pem");

    /// <summary>How often the document was fetched.</summary>
    public int Fetches => Volatile.Read(ref fetches);

    /// <summary>Members of the document beyond those that every one has.</summary>
    public Dictionary<string, object?> Members { get; } = new()
    {
        ["client_name"] = "integration test",
        ["grant_types"] = new[] { "authorization_code", "refresh_token" },
        ["response_types"] = new[] { "code" },
        ["token_endpoint_auth_method"] = "none",
        // Without a port, as the documents of clients have it that take any (RFC 8252 §7.3).
        ["redirect_uris"] = new[] { "http://127.0.0.1/callback" },
    };

    public static async Task<ClientDocumentHost> StartAsync()
    {
        var host = new ClientDocumentHost();
        try
        {
            await host.app.StartAsync();
            host.Id = new UriBuilder(host.app.Urls.Single()) { Host = "localhost", Path = DocumentPath }.Uri;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
        directory.Dispose();
    }

    private string Document() => JsonSerializer.Serialize(new Dictionary<string, object?>(Members) { ["client_id"] = Id.AbsoluteUri });

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // Schannel cannot use a key that was never stored.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
