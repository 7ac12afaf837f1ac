using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>A host that serves documents over TLS on a loopback port, byte for byte what a test says.</summary>
internal sealed class DocumentHost : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new(); // Not disposed: what is under way still looks at it.
    private readonly X509Certificate2 _certificate;
    private int _now;
    private int _most;
    private int _connections;

    public DocumentHost(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Documents", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.DefaultIfEmpty("localhost"))
            alternatives.AddDnsName(name);

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        Roots = [X509CertificateLoader.LoadCertificate(made.Export(X509ContentType.Cert))];
        _listener.Start();
        _ = ServeAsync();
    }

    public X509Certificate2Collection Roots { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Most requests at a time.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    /// <summary>The heads of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The whole response.</summary>
    public string Response { get; set; } = Ok("{}");

    /// <summary>Responses of certain paths.</summary>
    public ConcurrentDictionary<string, string> Paths { get; } = new();

    /// <summary>Waited for before the response is written.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static string Ok(string body, string type = "application/json", string more = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{more}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose()
    {
        if (_end.IsCancellationRequested)
            return;

        _end.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                _ = AnswerAsync(connection);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                await using var tls = new SslStream(connection.GetStream());
                await tls.AuthenticateAsServerAsync(_certificate);
                var head = await ReadHeadAsync(tls);
                if (head.Length == 0)
                    return;

                Requests.Enqueue(head);
                InterlockedMax(Interlocked.Increment(ref _now));
                await Gate.WaitAsync(_end.Token);
                var path = head.Split(' ').ElementAtOrDefault(1) ?? "";
                var response = Paths.GetValueOrDefault(path, Response);
                Interlocked.Decrement(ref _now);
                await tls.WriteAsync(Encoding.UTF8.GetBytes(response), _end.Token);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side went away, or did not believe us.
            }
        }
    }

    private void InterlockedMax(int value)
    {
        for (var seen = Volatile.Read(ref _most); value > seen && Interlocked.CompareExchange(ref _most, value, seen) != seen; seen = Volatile.Read(ref _most))
        {
        }
    }

    private async Task<string> ReadHeadAsync(SslStream tls)
    {
        var head = new StringBuilder();
        var buffer = new byte[1024];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await tls.ReadAsync(buffer, _end.Token) is var read and > 0)
            head.Append(Encoding.ASCII.GetString(buffer, 0, read));

        return head.ToString();
    }
}
