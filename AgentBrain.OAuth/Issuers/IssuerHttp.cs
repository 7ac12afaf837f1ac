using System.Net;
using System.Text.Json;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Issuers;

/// <summary>
/// How we talk to issuers: little, briefly, over TLS, to the address that was configured or discovered and to no other.
/// </summary>
/// <param name="client">The channel; it must not follow redirects, see <see cref="CreateHandler"/>.</param>
/// <param name="time">The clock that measures the time limits.</param>
public sealed class IssuerHttp(HttpMessageInvoker client, TimeProvider time)
{
    /// <summary>A handler that follows no redirect, keeps no cookies, unpacks nothing, and looks names up again now and then.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 32,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // A caller's trace and baggage are not for issuers.
        ActivityHeadersPropagator = null,
    };

    /// <summary>May we talk to that address? Only https keeps answers from being forged on the way; on loopback there is no way.</summary>
    public static bool IsAllowed(Uri address) =>
        address.IsAbsoluteUri && address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    /// <summary>Sends a request and reads a JSON object.</summary>
    /// <exception cref="IssuerHttpException">It was not 200 with a JSON object of that size within that time. The message has no part of the request but its address.</exception>
    internal async Task<JsonElement> SendAsync(HttpRequestMessage request, int maxBytes, TimeSpan timeout)
    {
        var address = request.RequestUri!;
        if (!IsAllowed(address))
            throw new IssuerHttpException(address, "the address is not https");

        using var limit = new CancellationTokenSource(timeout, time);
        try
        {
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await StartAsync(request, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new IssuerHttpException(address, $"the status is {(int)response.StatusCode}");

            if (response.RequestMessage?.RequestUri is { } answered && answered != address)
                throw new IssuerHttpException(address, "a redirect was followed");

            var body = await ReadAsync(response.Content, maxBytes, limit.Token) ?? throw new IssuerHttpException(address, $"the response is longer than {maxBytes} bytes");
            return StrictJson.TryReadObject(body.Span, out var value) ? value : throw new IssuerHttpException(address, "the response is not one JSON object");
        }
        catch (OperationCanceledException)
        {
            throw new IssuerHttpException(address, $"there was no answer within {timeout.TotalSeconds:F0} s", isUnreachable: true);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new IssuerHttpException(address, failed.Message, isUnreachable: true);
        }
    }

    /// <summary>An HttpClient reads the whole response before it returns, unless it is told not to; then no bound of ours would count.</summary>
    private Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken) => client is HttpClient whole
        ? whole.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
        : client.SendAsync(request, cancellationToken);

    /// <summary>Reads at most so many bytes, whatever length the response claims; <c>null</c> when there are more.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
            return null;

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var piece = new byte[8 * 1024];
        for (int read; (read = await stream.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > maxBytes)
                return null;

            buffer.Write(piece, 0, read);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
