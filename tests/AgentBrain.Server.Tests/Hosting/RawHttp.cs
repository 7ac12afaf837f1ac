using System.Net.Sockets;
using System.Text;

namespace AgentBrain.Server.Tests.Hosting;

/// <summary>Requests byte by byte, for what no client library would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends the bytes, ends the request side only if the caller says so, and reads until the server closes.</summary>
    public static async Task<RawResponse> Send(int port, string head, byte[]? body = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        var lines = head.TrimEnd().ReplaceLineEndings("\r\n") + "\r\nConnection: close\r\n\r\n";
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(lines));
            if (body is not null)
                await stream.WriteAsync(body);
        }
        catch (IOException)
        {
            // The server may answer and close before it has read everything.
        }

        return await Read(stream);
    }

    public static async Task<RawResponse> Read(Stream stream)
    {
        using var received = new MemoryStream();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await stream.CopyToAsync(received, limit.Token);
        }
        catch (IOException)
        {
            // Reset after the answer.
        }

        var text = Encoding.UTF8.GetString(received.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var status = text.Length > 12 ? int.Parse(text.AsSpan(9, 3)) : 0;
        return new RawResponse(status, end < 0 ? text : text[..end], end < 0 ? "" : text[(end + 4)..]);
    }
}

internal sealed record RawResponse(int Status, string Head, string Body);
