using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AgentBrain.Bench.Tokens;

/// <summary>Asks for tokens over so many connections that stay open, each with one request after the other.</summary>
internal sealed class TokenClient(ITokenServer server, int connections) : IDisposable
{
    private readonly HttpMessageInvoker[] _connections =
        [.. Enumerable.Range(0, connections).Select(_ => new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null }))];

    /// <summary>The request that exchanges a code.</summary>
    public Dictionary<string, string> Exchange(BenchCode code) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = "authorization_code",
        ["client_id"] = server.ClientId,
        ["code"] = code.Code,
        ["code_verifier"] = code.Verifier,
        ["redirect_uri"] = BenchBrowser.Callback,
        ["resource"] = server.Resource,
    };

    /// <summary>The request that uses a refresh token.</summary>
    public Dictionary<string, string> Refresh(string token) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = "refresh_token",
        ["client_id"] = server.ClientId,
        ["refresh_token"] = token,
        ["resource"] = server.Resource,
    };

    /// <summary>Makes all requests, shared out among the connections. Every one must be granted.</summary>
    public async Task<TokenRound> RunAsync(IReadOnlyList<Dictionary<string, string>> requests)
    {
        var (latencies, answers) = (new double[requests.Count], new byte[requests.Count][]);
        var next = -1;
        var cpu = await server.CpuAsync();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select(connection => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < requests.Count)
            {
                var sent = Stopwatch.GetTimestamp();
                answers[number] = await SendAsync(connection, requests[number]);
                latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new TokenRound(
            requests.Count / elapsed.TotalSeconds,
            latencies,
            (await server.CpuAsync() - cpu).TotalMicroseconds / requests.Count,
            [.. answers.Select(RefreshToken)]);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async Task<byte[]> SendAsync(HttpMessageInvoker connection, Dictionary<string, string> form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        using var response = await connection.SendAsync(request, CancellationToken.None);
        var answer = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{server.Name}: {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}");
    }

    /// <summary>Both servers answer with a signed access token and the next refresh token; otherwise they would not have done the same work.</summary>
    private static string RefreshToken(byte[] answer)
    {
        var tokens = JsonElement.Parse(answer);
        return tokens.GetProperty("access_token").GetString()!.Split('.').Length == 3
            ? tokens.GetProperty("refresh_token").GetString()!
            : throw new InvalidOperationException("The access token is no JWT.");
    }
}

/// <summary>What one server did in one round.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Latencies">From the first byte to the last, of every request, in ms.</param>
/// <param name="Cpu">The server's time on the processor for one request, in µs.</param>
/// <param name="RefreshTokens">One for each request.</param>
internal sealed record TokenRound(double Rate, double[] Latencies, double Cpu, IReadOnlyList<string> RefreshTokens);
