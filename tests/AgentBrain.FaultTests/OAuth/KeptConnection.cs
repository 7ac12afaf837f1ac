using System.Net.Sockets;
using System.Text;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>
/// A connection that is kept for one request after the other. Requests are bytes that were made before, so that many of them leave at
/// nearly the same moment.
/// </summary>
internal sealed class KeptConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private byte[] _buffer = new byte[32 * 1024];

    private KeptConnection(Socket socket) => _socket = socket;

    public static async Task<KeptConnection> OpenAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        return new KeptConnection(socket);
    }

    /// <summary>Some connections to a server.</summary>
    public static Task<KeptConnection[]> OpenAsync(Uri server, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => OpenAsync(server)));

    /// <summary>Sends a request; a server that is dead is noticed when its answer does not come.</summary>
    public void Send(byte[] request)
    {
        try
        {
            _socket.Send(request);
        }
        catch (SocketException)
        {
            // The peer was killed.
        }
    }

    /// <summary>The answer to what was sent; <see cref="Reply.None"/> when the connection ended without one.</summary>
    public async Task<Reply> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var filled = 0;
        while (true)
        {
            if (filled == _buffer.Length)
                Array.Resize(ref _buffer, 2 * _buffer.Length);

            var read = await ReadAsync(_buffer.AsMemory(filled), limit.Token);
            if (read == 0)
                return Reply.None;

            filled += read;
            if (Complete(_buffer.AsSpan(0, filled)) is { } reply)
                return reply;
        }
    }

    /// <summary>Sends a request and awaits the answer.</summary>
    public Task<Reply> AskAsync(byte[] request)
    {
        Send(request);
        return ReceiveAsync();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReadAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(room, cancellationToken);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static Reply? Complete(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf(EndOfHead);
        if (end < 0)
            return null;

        var reply = new Reply(Encoding.Latin1.GetString(received[..end]), Encoding.UTF8.GetString(received[(end + EndOfHead.Length)..]));
        var isWhole = reply.Header("Transfer-Encoding") == "chunked"
            ? received.EndsWith(LastChunk)
            : received.Length - end - EndOfHead.Length >= int.Parse(reply.Header("Content-Length") ?? "0");
        return isWhole ? reply : null;
    }
}
