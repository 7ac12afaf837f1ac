namespace AgentBrain.OAuth.Clients;

/// <summary>One at a time for each host. What nobody waits for or has is not remembered.</summary>
internal sealed class HostTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn of a host, which ends when what is returned is disposed of.</summary>
    public async Task<IDisposable> TakeAsync(string host, CancellationToken cancellationToken)
    {
        Turn? turn;
        lock (_gate)
        {
            if (!_turns.TryGetValue(host, out turn))
                _turns[host] = turn = new Turn(this, host);

            turn.Users++;
        }

        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
            return turn;
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    private void Leave(Turn turn)
    {
        lock (_gate)
        {
            if (--turn.Users == 0)
                _turns.Remove(turn.Host);
        }
    }

    private sealed class Turn(HostTurns turns, string host) : IDisposable
    {
        public string Host => host;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Gate.Release();
            turns.Leave(this);
        }
    }
}
