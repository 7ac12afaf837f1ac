namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>Facts about the state that are asked often, loaded before the port opens.</summary>
internal sealed class StateFacts
{
    private long _epoch;

    /// <summary>The epoch, 1 and more: a restore raises it, and what is of an earlier one is over.</summary>
    public long Epoch => _epoch > 0 ? _epoch : throw new InvalidOperationException("The state was not loaded.");

    /// <summary>Notes it.</summary>
    internal void Load(long epoch) => _epoch = epoch;
}
