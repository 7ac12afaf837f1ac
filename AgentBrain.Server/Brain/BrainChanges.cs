namespace AgentBrain.Server.Brains;

/// <summary>Tells waiters that something in the brain changed: a job moved on, a folder came or went. Says nothing about what.</summary>
internal sealed class BrainChanges
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change after this call. Take it before looking at the state, then wait.</summary>
    public Task Next()
    {
        lock (_lock)
        {
            return _next.Task;
        }
    }

    /// <summary>Wakes all who wait.</summary>
    public void Signal()
    {
        TaskCompletionSource done;
        lock (_lock)
        {
            done = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        done.SetResult();
    }
}
