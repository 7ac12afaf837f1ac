using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// Watches the resources of one stream and tells its client which of them changed. It sleeps until the brain says that something did;
/// then it compares. It holds one fingerprint a resource and sends one notification at a time, so a client that reads slowly gets fewer
/// of them, not a growing queue. It ends by itself when nothing is left to watch.
/// </summary>
/// <param name="caller">Whose stream it is.</param>
/// <param name="notify">Sends one notification for a URI.</param>
/// <param name="mostUris">Most resources it may watch.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SubscriptionPump(
    CallContext caller,
    Func<string, CancellationToken, Task> notify,
    int mostUris,
    TimeProvider time,
    ILogger logger)
{
    private readonly WatchList _watched = new(mostUris, time);
    private readonly BrainChanges _additions = new();

    /// <summary>Adds a resource.</summary>
    /// <returns>False if the pump has ended, so that a new one is needed.</returns>
    /// <exception cref="BrainException">It is watched already, or the stream is full.</exception>
    public bool TryAdd(SubscribableResource resource)
    {
        var added = _watched.TryAdd(resource);
        _additions.Signal();
        return added;
    }

    /// <summary>Stops watching a resource; nothing if it is not watched.</summary>
    public void Remove(string canonicalUri)
    {
        _watched.Remove(canonicalUri);
        _additions.Signal();
    }

    /// <summary>Runs until nothing is left to watch, the caller may not be told any more, or it is stopped.</summary>
    /// <param name="stop">Ends it between two notifications.</param>
    /// <param name="abort">Ends it at once, in the middle of a notification too.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        try
        {
            // Taken before the first look, so that no change falls between a look and the wait for the next change.
            var change = caller.Brain.Changes.Next();
            while (!stop.IsCancellationRequested)
            {
                if (change.IsCompleted)
                {
                    change = caller.Brain.Changes.Next();
                    _watched.Changed();
                }

                var addition = _additions.Next();
                if (!await TellAsync(stop, abort) || _watched.CloseIfEmpty())
                {
                    return;
                }

                await WaitAsync(change, addition, stop);
            }
        }
        finally
        {
            _watched.Close();
        }
    }

    private async Task<bool> TellAsync(CancellationToken stop, CancellationToken abort)
    {
        foreach (var watched in _watched.Due())
        {
            if (stop.IsCancellationRequested || !await TellAsync(watched, abort))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> TellAsync(WatchedResource watched, CancellationToken abort)
    {
        watched.BeginLook();
        ResourceState? state;
        try
        {
            state = watched.Resource.Look(caller);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLookFailed(logger, watched.Resource.Uri.Text, e);
            watched.MayHaveChanged = true;
            return true;
        }

        var fingerprint = state is null ? "gone" : ChangeFingerprint.Of(state.Json);
        if (fingerprint != watched.Told && _watched.Contains(watched))
        {
            if (!caller.Access.Holds())
            {
                return false;
            }

            await notify(watched.Resource.Uri.Text, abort);
            watched.Told = fingerprint;
        }

        if (state is null or { IsFinal: true })
        {
            _watched.Remove(watched.Resource.Uri.Canonical);
        }

        return true;
    }

    private async Task WaitAsync(Task change, Task addition, CancellationToken stop)
    {
        var (wait, idle) = _watched.Next();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var timer = Task.Delay(wait ?? Timeout.InfiniteTimeSpan, time, ended.Token);

        // While every resource waits for its time anyway, changes tell nothing new.
        await (idle ? Task.WhenAny(change, addition, timer) : Task.WhenAny(addition, timer));
        await ended.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look at {Uri} for a subscription; it is tried again.")]
    private static partial void LogLookFailed(ILogger logger, string uri, Exception exception);
}
