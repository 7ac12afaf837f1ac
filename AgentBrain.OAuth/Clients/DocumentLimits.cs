using System.Security.Cryptography.X509Certificates;

namespace AgentBrain.OAuth.Clients;

/// <summary>What may be fetched that a stranger named, and how much of it.</summary>
public sealed record DocumentLimits
{
    /// <summary>May a document be on this machine? Only where the server itself is reached on loopback alone.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Most bytes of a document.</summary>
    public int MaxBytes { get; init; } = 5 * 1024;

    /// <summary>Longest time from the first look-up to the last byte, waiting for another fetch from the same host included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Fetches a minute from all hosts of one registrable domain.</summary>
    public int PerDomain { get; init; } = 10;

    /// <summary>Fetches a minute altogether.</summary>
    public int PerMinute { get; init; } = 60;

    /// <summary>Shortest time for which a document is believed, whatever its host says.</summary>
    public TimeSpan MinFresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for which a document is believed, whatever its host says.</summary>
    public TimeSpan MaxFresh { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Roots that certificates of hosts must come from, instead of the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }
}
