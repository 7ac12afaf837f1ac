namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>One open stream.</summary>
/// <param name="streams">The streams it is one of; only they open streams.</param>
/// <param name="caller">Whose stream it is.</param>
/// <param name="kind">How it is delivered.</param>
internal sealed class OpenStream(OpenStreams streams, CallContext caller, StreamKind kind) : IDisposable
{
    // Holds no handle and no timer, so it needs no disposal; and the end may be asked for while the stream closes by itself.
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Whose stream it is.</summary>
    public CallContext Caller => caller;

    /// <summary>How it is delivered.</summary>
    public StreamKind Kind => kind;

    /// <summary>Set when the stream is to end.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Asks the stream to end.</summary>
    public void End() => _ended.Cancel();

    /// <inheritdoc />
    public void Dispose() => streams.Remove(this);
}

/// <summary>How a stream is delivered.</summary>
internal enum StreamKind
{
    /// <summary>As the response of <c>subscriptions/listen</c>.</summary>
    Listen,

    /// <summary>By a session of an older client.</summary>
    Session,
}
