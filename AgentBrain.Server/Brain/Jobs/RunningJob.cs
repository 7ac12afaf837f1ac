namespace AgentBrain.Server.Brains.Jobs;

/// <summary>The job in hand: its progress, and the ways it can be told to end.</summary>
internal sealed class RunningJob : IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();
    private readonly CancellationTokenSource _timeout;
    private JobRecord _record;

    /// <summary>Starts the clock of the job.</summary>
    public RunningJob(JobRecord record, TimeSpan timeout, TimeProvider time)
    {
        _record = record;
        _timeout = new CancellationTokenSource(timeout, time);
    }

    /// <summary>The job as it stands.</summary>
    public JobRecord Record => Volatile.Read(ref _record);

    /// <summary>Set by <c>cancel_job</c>.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Set when the job has run too long.</summary>
    public CancellationToken TimedOut => _timeout.Token;

    /// <summary>Replaces the record; only the worker calls it.</summary>
    public void Report(JobRecord record) => Volatile.Write(ref _record, record);

    /// <summary>Asks the worker to stop after the file in hand.</summary>
    public void Cancel() => _cancelled.Cancel();

    /// <inheritdoc />
    public void Dispose()
    {
        _cancelled.Dispose();
        _timeout.Dispose();
    }
}
