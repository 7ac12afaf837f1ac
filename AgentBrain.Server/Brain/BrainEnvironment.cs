using System.Collections.Immutable;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains;

/// <summary>What the brains of one server have in common.</summary>
internal sealed record BrainEnvironment
{
    /// <summary>The data directory, absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The data directory by device and inode: never read, wherever a root may be.</summary>
    public required ImmutableArray<FileIdentity> ServerOwned { get; init; }

    /// <summary>Files that hold a secret, by their real paths. Their identity is taken anew whenever a root is opened: secrets are rotated.</summary>
    public ImmutableArray<string> SecretFiles { get; init; } = [];

    /// <summary>Parses HTML and PDF.</summary>
    public required IDocumentExtractor Extractor { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spans and metrics.</summary>
    public required BrainTelemetry Telemetry { get; init; }

    /// <summary>Where jobs say what they do.</summary>
    public required ILogger Logger { get; init; }
}
