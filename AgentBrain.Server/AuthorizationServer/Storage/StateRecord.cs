namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>Facts about the state as a whole, by name (<see cref="State.StateNames"/>).</summary>
internal sealed class StateRecord
{
    /// <summary>Which fact.</summary>
    public required string Name { get; set; }

    /// <summary>Its value.</summary>
    public required string Value { get; set; }
}
