using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Hosting;

/// <summary>The command <c>tls self-signed --host NAME --out DIR</c>: a certificate for a server on a local network, where no authority gives one.</summary>
internal static class SelfSignedCertificate
{
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Usage = "The command is: tls self-signed --host NAME --out DIR";

    /// <summary>Writes <c>cert.pem</c> and <c>key.pem</c> (mode 0600) and prints the fingerprint that clients pin.</summary>
    /// <param name="args">What follows <c>tls</c>.</param>
    /// <param name="output">The terminal.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">The arguments are wrong, or there is a key already.</exception>
    public static void Run(string[] args, TextWriter output, TimeProvider time)
    {
        if (args is not ["self-signed", "--host", { Length: > 0 } host, "--out", { Length: > 0 } directory])
            throw new ConfigurationException(Usage);

        if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
            throw new ConfigurationException($"--host is {host}, which is no host name and no IP address; {Usage}");

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Make(host, key, time.GetUtcNow());
        var (certificatePath, keyPath) = (Path.GetFullPath(Path.Combine(directory, "cert.pem")), Path.GetFullPath(Path.Combine(directory, "key.pem")));
        try
        {
            Directory.CreateDirectory(directory);
            WriteNew(keyPath, key.ExportPkcs8PrivateKeyPem(), OwnerReadWrite);
            WriteNew(certificatePath, certificate.ExportCertificatePem(), OwnerReadWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"--out is {directory}, where cert.pem and key.pem exist already or cannot be written; name another directory.", exception);
        }

        output.WriteLine($"{SettingNames.TlsCert}={certificatePath}");
        output.WriteLine($"{SettingNames.TlsKey}={keyPath}");
        output.WriteLine($"SHA-256 fingerprint, to compare on the client: {Fingerprint(certificate)}");
    }

    private static X509Certificate2 Make(string host, ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN={host}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(397));
    }

    /// <summary>
    /// The mode is set at creation, so that the key is never readable, not for a moment; an existing file is never replaced. Set once more
    /// afterwards, since the mask of the process takes rights away that the certificate is to have.
    /// </summary>
    private static void WriteNew(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;

        using (var writer = new StreamWriter(path, options))
        {
            writer.Write(text);
            writer.Write('\n');
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private static string Fingerprint(X509Certificate2 certificate) => string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2")));
}
