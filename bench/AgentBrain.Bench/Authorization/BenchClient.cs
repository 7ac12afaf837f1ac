using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace AgentBrain.Bench.Authorization;

/// <summary>Calls a tool over so many connections, each with one call after the other, by the bare HTTP of the stateless revision of the protocol.</summary>
internal sealed class BenchClient(Uri endpoint, string tool, int connections) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private const string Meta = """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}""";
    private readonly HttpMessageInvoker[] _connections =
        [.. Enumerable.Range(0, connections).Select(_ => new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null }))];

    /// <summary>A message that calls the tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments, as JSON.</param>
    public static byte[] Message(string tool, string arguments) => Encoding.UTF8.GetBytes(
        $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{{arguments}},"_meta":{{Meta}} } }""");

    /// <summary>Makes all calls, shared out among the connections.</summary>
    /// <param name="calls">One for each call.</param>
    /// <param name="message">The message of a call, by its number.</param>
    /// <returns>How long each took, in ms, and how long all together.</returns>
    public async Task<(double[] Latencies, TimeSpan Elapsed)> RunAsync(IReadOnlyList<Credentials> calls, Func<int, byte[]> message)
    {
        var latencies = new double[calls.Count];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select(connection => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < calls.Count)
            {
                var sent = Stopwatch.GetTimestamp();
                await CallAsync(connection, calls[number], message(number));
                latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }
        })));
        return (latencies, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Makes one call, and tells whether it was granted.</summary>
    public async Task<bool> IsGrantedAsync(Credentials call, byte[] message)
    {
        using var request = Request(call, message);
        using var response = await _connections[0].SendAsync(request, CancellationToken.None);
        return response.IsSuccessStatusCode;
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async Task CallAsync(HttpMessageInvoker connection, Credentials call, byte[] message)
    {
        using var request = Request(call, message);
        using var response = await connection.SendAsync(request, CancellationToken.None);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode || answer.AsSpan().IndexOf("\"structuredContent\""u8) < 0)
            throw new InvalidOperationException($"{(int)response.StatusCode} {response.Headers.WwwAuthenticate} {Encoding.UTF8.GetString(answer)}");
    }

    private HttpRequestMessage Request(Credentials call, byte[] message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
        request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
        request.Headers.TryAddWithoutValidation("Mcp-Name", tool);
        if (call.Authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", call.Authorization);
        if (call.Proof is not null)
            request.Headers.TryAddWithoutValidation("DPoP", call.Proof);
        return request;
    }
}

/// <summary>What a call proves who it is with; made before the clock runs.</summary>
/// <param name="Authorization">The header of that name.</param>
/// <param name="Proof">The header <c>DPoP</c>.</param>
internal sealed record Credentials(string? Authorization = null, string? Proof = null);
