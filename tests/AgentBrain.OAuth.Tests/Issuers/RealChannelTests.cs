using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Tests.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.OAuth.Tests.Issuers;

/// <summary>The channel that we offer, against a real socket.</summary>
public sealed class RealChannelTests : IDisposable
{
    private static readonly string Jwks = Signer.Jwks(Signer.Ec("first"));
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _connections;

    public RealChannelTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Keys_are_fetched() => Assert.True(await WarmAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Jwks.Length}\r\n\r\n{Jwks}"));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        Assert.False(await WarmAsync($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{Port}/elsewhere\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(1, _connections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=nonsense\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task A_broken_response_is_no_answer(string response) => Assert.False(await WarmAsync(response));

    private async Task<bool> WarmAsync(string response)
    {
        var serve = ServeAsync(response);
        using var client = new HttpMessageInvoker(IssuerHttp.CreateHandler());
        var settings = Claims.Settings with { JwksUri = new Uri($"http://127.0.0.1:{Port}/jwks") };
        var keys = new IssuerKeys(settings, new IssuerHttp(client, TimeProvider.System), TimeProvider.System, NullLogger<IssuerKeys>.Instance);

        var isWarm = await keys.WarmAsync(TestContext.Current.CancellationToken);
        _listener.Stop();
        await serve;
        return isWarm;
    }

    private async Task ServeAsync(string response)
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                _connections++;
                var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4_096]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(response));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException or IOException)
        {
            // The test is over.
        }
    }
}
