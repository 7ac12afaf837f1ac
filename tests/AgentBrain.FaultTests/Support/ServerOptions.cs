using System.Collections.Immutable;

namespace AgentBrain.FaultTests.Support;

/// <summary>How to start a server.</summary>
internal sealed record ServerOptions
{
    public required string Data { get; init; }

    public required string Root { get; init; }

    /// <summary>Further settings.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The port; 0 has the system choose one.</summary>
    public int Port { get; init; }

    /// <summary>Run the server as an account without privileges; only root can ask for it.</summary>
    public bool Unprivileged { get; init; }

    public ServerOptions With(string name, string value) => this with { Settings = Settings.SetItem(name, value) };
}
