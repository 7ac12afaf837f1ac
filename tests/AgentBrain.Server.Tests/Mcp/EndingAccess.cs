using AgentBrain.Server.Mcp;

namespace AgentBrain.Server.Tests.Mcp;

/// <summary>Access that the test takes away.</summary>
internal sealed class EndingAccess : ICallAccess, IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public DateTimeOffset? EndsAt { get; set; }

    public CancellationToken Ended => _ended.Token;

    public bool Holds() => !_ended.IsCancellationRequested;

    public void End() => _ended.Cancel();

    public void Dispose() => _ended.Dispose();
}
