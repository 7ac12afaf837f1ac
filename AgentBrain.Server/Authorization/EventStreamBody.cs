using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// The body of a response, into which somebody else than its writer can put a comment or a last event: one write at a time, and only
/// where an event of the writer is complete. For every response that is not an event stream it changes nothing.
/// </summary>
/// <param name="response">The response.</param>
/// <param name="inner">Its body.</param>
/// <param name="silence">How long it may be silent before a heartbeat is due.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStreamBody(HttpResponse response, IHttpResponseBodyFeature inner, TimeSpan silence, TimeProvider time) : Stream, IHttpResponseBodyFeature
{
    /// <summary>A comment, which the event stream format has readers ignore (HTML Standard §9.2.6); proxies count it as life.</summary>
    private static readonly ReadOnlyMemory<byte> Comment = ": \n\n"u8.ToArray();

    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _lastWrite = time.GetTimestamp();
    private bool _isBetweenEvents = true;
    private byte _last;
    private bool _isClosed;

    /// <inheritdoc/>
    Stream IHttpResponseBodyFeature.Stream => this;

    /// <summary>What is written by it is not seen here, so whoever asks for it gets a body without heartbeats.</summary>
    PipeWriter IHttpResponseBodyFeature.Writer
    {
        get
        {
            _isClosed = true;
            return inner.Writer;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Writes a heartbeat if one is due: the response is an event stream, silent, between two events, and nobody writes. It may be
    /// the first that is written, as the SDK sends no header before its first message, and a client gives up without one. Errors that
    /// would have another status come at once and not after so long. Does not wait for a client that reads slowly.
    /// </summary>
    /// <returns>Completes when the heartbeat is written; at once if none is due. Never fails: a broken connection shows itself elsewhere.</returns>
    public async Task BeatAsync()
    {
        if (time.GetElapsedTime(_lastWrite) < silence || !await _gate.WaitAsync(TimeSpan.Zero))
            return;

        try
        {
            if (time.GetElapsedTime(_lastWrite) >= silence && IsOpenBetweenEvents)
                await WriteHereAsync(Comment);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Writes one event, if the response is an event stream and its writer left no event incomplete.</summary>
    /// <param name="data">The data, one line.</param>
    public async Task TryWriteEventAsync(ReadOnlyMemory<byte> data)
    {
        await _gate.WaitAsync();
        try
        {
            if (IsOpenBetweenEvents)
                await WriteHereAsync((byte[])[.. "event: message\ndata: "u8, .. data.Span, .. "\n\n"u8]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets nothing more be written by anybody but the response's own writer, and waits for what is being written.</summary>
    public async Task CloseAsync()
    {
        await _gate.WaitAsync();
        _isClosed = true;
        _gate.Release();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            Note(buffer.Span);
            await inner.Stream.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await inner.Stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Responses are written asynchronously.");

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException("Responses are written asynchronously.");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void DisableBuffering() => inner.DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("No MCP endpoint sends files.");

    /// <inheritdoc/>
    public Task CompleteAsync() => inner.CompleteAsync();

    private bool IsOpenBetweenEvents =>
        !_isClosed && _isBetweenEvents && response.StatusCode == StatusCodes.Status200OK
        && response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    private async Task WriteHereAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            Note(data.Span);
            await inner.Stream.WriteAsync(data);
            await inner.Stream.FlushAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client is gone, or the connection was aborted; its request hears of it by its own token.
            _isClosed = true;
        }
    }

    /// <summary>An event ends with an empty line (HTML Standard §9.2.5).</summary>
    private void Note(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        _lastWrite = time.GetTimestamp();
        _isBetweenEvents = data[^1] == '\n' && (data.Length > 1 ? data[^2] : _last) == '\n';
        _last = data[^1];
    }
}
