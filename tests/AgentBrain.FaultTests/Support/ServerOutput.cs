namespace AgentBrain.FaultTests.Support;

/// <summary>What a server process wrote, line by line, and a way to await a line instead of a time.</summary>
internal sealed class ServerOutput
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = New();
    private bool _ended;

    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Takes a line; null is the end of one of the process's streams, which <see cref="End"/> announces for both.</summary>
    public void Add(string? line)
    {
        if (line is null)
            return;

        Change(() => _lines.Add(line));
    }

    public void End() => Change(() => _ended = true);

    /// <summary>The first line at or after a position that holds the text, with the position behind it; null when the process ended without it.</summary>
    public async Task<(string Line, int Next)?> FindAsync(string text, int from, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var at = _lines.FindIndex(Math.Min(from, _lines.Count), line => line.Contains(text, StringComparison.Ordinal));
                if (at >= 0)
                    return (_lines[at], at + 1);

                if (_ended)
                    return null;

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"The server did not write '{text}' within {timeout}. It wrote:\n{Text}", e);
            }
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
