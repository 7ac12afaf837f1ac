namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>The life of an open stream: over when its time is up, when its caller's access is, or when anything else asks for its end.</summary>
internal sealed class StreamLife : IDisposable
{
    private readonly CancellationTokenSource _clock;
    private readonly CancellationTokenSource _over;

    /// <summary>Starts the life of a stream.</summary>
    /// <param name="access">The access that it was opened with.</param>
    /// <param name="longest">How long it may live at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as the access holds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ends">What else ends it.</param>
    public StreamLife(ICallAccess access, TimeSpan longest, TimeProvider time, params ReadOnlySpan<CancellationToken> ends)
    {
        var left = access.EndsAt is { } end ? TimeSpan.FromTicks(Math.Max(0, (end - time.GetUtcNow()).Ticks)) : Timeout.InfiniteTimeSpan;
        _clock = new CancellationTokenSource(longest == Timeout.InfiniteTimeSpan || (left >= TimeSpan.Zero && left < longest) ? left : longest, time);
        _over = CancellationTokenSource.CreateLinkedTokenSource([access.Ended, _clock.Token, .. ends]);
    }

    /// <summary>Set when it is over.</summary>
    public CancellationToken Token => _over.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        _over.Dispose();
        _clock.Dispose();
    }
}
