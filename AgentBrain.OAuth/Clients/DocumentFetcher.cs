using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Clients;

/// <summary>Fetches documents that strangers name: client id metadata documents and their keys. Little, rarely, and from the public internet only.</summary>
public sealed class DocumentFetcher : IDisposable
{
    private const int MaxDomains = 1024;
    private const string Everything = "";
    private readonly HttpMessageInvoker _channel;
    private readonly DocumentLimits _limits;
    private readonly TimeProvider _time;
    private readonly HostTurns _turns = new();
    private readonly TokenBuckets _perDomain;
    private readonly TokenBuckets _overall;

    /// <summary>Makes one.</summary>
    /// <param name="resolver">Looks names up.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="time">The clock.</param>
    public DocumentFetcher(INameResolver resolver, DocumentLimits limits, TimeProvider time)
        : this(resolver, limits, time, GuardedChannel.ConnectAsync)
    {
    }

    /// <summary>Makes one that connects in a way of its own.</summary>
    internal DocumentFetcher(INameResolver resolver, DocumentLimits limits, TimeProvider time, Connect connect)
    {
        (_limits, _time) = (limits, time);
        _channel = GuardedChannel.Create(resolver, limits, connect);
        _perDomain = new TokenBuckets(time, limits.PerDomain, TimeSpan.FromMinutes(1) / limits.PerDomain, MaxDomains);
        _overall = new TokenBuckets(time, limits.PerMinute, TimeSpan.FromMinutes(1) / limits.PerMinute, capacity: 1);
    }

    /// <summary>Fetches one. One fetch a host is under way at a time; others wait for it, within their own time.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<FetchedDocument> FetchAsync(ClientIdUrl url, CancellationToken cancellationToken)
    {
        if (!_perDomain.TryTake(DomainOf(url.Host), out _) || !_overall.TryTake(Everything, out _))
            return new FetchedDocument.Failed(FetchFailure.TooMany);

        using var timeout = new CancellationTokenSource(_limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var turn = await _turns.TakeAsync(url.Host, either.Token);
            return await FetchInTimeAsync(url, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FetchedDocument.Failed(FetchFailure.TooSlow);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException)
        {
            return new FetchedDocument.Failed(failed is ForbiddenAddressException || failed.InnerException is ForbiddenAddressException ? FetchFailure.ForbiddenAddress : FetchFailure.Unreachable);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    /// <summary>
    /// The last two labels. That is not the registrable domain under suffixes like co.uk, whose domains then share a budget: stricter
    /// than need be, and never more lenient but for suffixes that people may register below, which the overall budget bounds.
    /// </summary>
    private static string DomainOf(string host) => host.Split('.') is [.., var second, var top] ? $"{second}.{top}" : host;

    private async Task<FetchedDocument> FetchInTimeAsync(ClientIdUrl url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url.Text);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await _channel.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return new FetchedDocument.Failed(FetchFailure.NotOk);

        if (!IsJson(response.Content.Headers.ContentType))
            return new FetchedDocument.Failed(FetchFailure.NotJsonType);

        if (await ReadAsync(response.Content, cancellationToken) is not { } body)
            return new FetchedDocument.Failed(FetchFailure.TooLarge);

        return StrictJson.TryReadObject(body.Span, out var json)
            ? new FetchedDocument.Found(json, FreshFor(response.Headers.CacheControl, response.Headers.Age))
            : new FetchedDocument.Failed(FetchFailure.NotJson);
    }

    private static bool IsJson(MediaTypeHeaderValue? type) =>
        type?.MediaType is { } media && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (media.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && media.EndsWith("+json", StringComparison.OrdinalIgnoreCase)));

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > _limits.MaxBytes)
            return null;

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[_limits.MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > _limits.MaxBytes)
            return null; // Not in a conditional expression, whose null would become an empty memory.

        return buffer.AsMemory(0, length);
    }

    private TimeSpan FreshFor(CacheControlHeaderValue? cache, TimeSpan? age)
    {
        if (cache is null || cache.NoStore || cache.NoCache)
            return _limits.MinFresh;

        // A cache on the way had it for a while already (RFC 9111 §4.2.3).
        var said = (cache.SharedMaxAge ?? cache.MaxAge ?? _limits.MinFresh) - (age ?? TimeSpan.Zero);
        return said < _limits.MinFresh ? _limits.MinFresh : said > _limits.MaxFresh ? _limits.MaxFresh : said;
    }
}
