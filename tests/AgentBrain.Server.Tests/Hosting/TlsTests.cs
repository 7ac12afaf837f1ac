using System.Net;
using System.Security.Cryptography;
using AgentBrain.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("brain-tls-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_certificate_of_the_command_serves_the_basic_mode_and_its_fingerprint_is_the_printed_one()
    {
        using var output = new StringWriter();
        var exit = await new CommandLine(static _ => { }, output, TextWriter.Null).RunAsync(["tls", "self-signed", "--host", "brain.lan", "--out", folder]);
        Assert.Equal(0, exit);
        var key = Path.Combine(folder, "key.pem");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                File.GetUnixFileMode(Path.Combine(folder, "cert.pem")));
        }

        await using var brain = await TestBrain.StartBasic(
            null,
            "--urls=https://127.0.0.1:0",
            $"--AGENT_BRAIN_TLS_CERT={folder}/cert.pem",
            $"--AGENT_BRAIN_TLS_KEY={key}",
            "--AGENT_BRAIN_PUBLIC_URL=https://brain.lan");
        string? fingerprint = null;
#pragma warning disable MA0039 // The test is the client that compares the fingerprint.
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                fingerprint = string.Join(':', certificate!.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2")));
                return true;
            },
        };
#pragma warning restore MA0039
        using var client = new HttpClient(handler) { BaseAddress = brain.Url };
        using var request = brain.Post(Messages.Initialize);
        request.Headers.Host = "brain.lan";
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + TestBrain.Secret);

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains(fingerprint!, output.ToString());
    }

    [Fact]
    public async Task The_command_never_replaces_a_key()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), "mine");
        using var error = new StringWriter();

        var exit = await new CommandLine(static _ => { }, TextWriter.Null, error).RunAsync(["tls", "self-signed", "--host", "brain.lan", "--out", folder]);

        Assert.Equal(2, exit);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(folder, "key.pem")));
    }

    [Fact]
    public async Task Forwarding_headers_count_only_from_a_trusted_proxy_and_then_by_the_rightmost_untrusted_hop()
    {
        foreach (var (proxy, expected) in new[] { ("127.0.0.1/32", "203.0.113.9"), ("10.9.9.9/32", "127.0.0.1") })
        {
            string? seen = null;
            await using var brain = await TestBrain.Start(
                "basic",
                null,
                app => app.Use((context, next) =>
                {
                    seen = context.Connection.RemoteIpAddress!.ToString();
                    return next(context);
                }),
                "--AGENT_BRAIN_PUBLIC_URL=https://brain.example",
                $"--AGENT_BRAIN_TRUSTED_PROXIES={proxy},10.0.0.0/8");
            using var client = brain.NewClient(TestBrain.Secret);
            using var request = brain.Post(Messages.Initialize);
            request.Headers.Host = "brain.example";
            request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.1.2.3");
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-Host", "evil.example");

            using var response = await client.SendAsync(request);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Off_loopback_a_secret_in_clear_text_is_refused_before_it_is_looked_at()
    {
        // The address of the connection is this machine's own, as if the request had gone round the terminator.
        var own = Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(own is null, "This machine has no address but loopback.");
        await using var brain = await TestBrain.StartBasic(
            null,
            $"--urls=http://{own}:0",
            "--AGENT_BRAIN_PUBLIC_URL=https://brain.example",
            "--AGENT_BRAIN_TRUSTED_PROXIES=192.0.2.0/24");
        using var client = brain.NewClient(TestBrain.Secret);
        using var request = brain.Post(Messages.Initialize);
        request.Headers.Host = "brain.example";

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("tls_required", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_open_server_warns_at_the_start_and_every_hour()
    {
        var own = Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(own is null, "This machine has no address but loopback.");
        var time = new FakeTimeProvider();
        await using var brain = await TestBrain.StartNone(
            builder => builder.Services.AddSingleton<TimeProvider>(time),
            $"--urls=http://{own}:0",
            $"--AGENT_BRAIN_ALLOW_INSECURE={own}");
        await Eventually(() => Warnings(brain) == 1);
        using var literal = await brain.Client.SendAsync(brain.Post(Messages.Initialize));
        using var rebound = brain.Post(Messages.Initialize);
        rebound.Headers.Host = $"evil.example:{brain.Port}";
        using var refused = await brain.Client.SendAsync(rebound);

        time.Advance(TimeSpan.FromHours(1));

        await Eventually(() => Warnings(brain) == 2);
        Assert.Equal(HttpStatusCode.OK, literal.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static int Warnings(TestBrain brain) => brain.Log.Lines.Count(line => line.Contains("lets everybody"));

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }
}
