using System.Collections.Immutable;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Issuers;
using AgentBrain.OAuth.Policy;

namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>What the mode oauth needs to know.</summary>
internal sealed record OAuthSettings
{
    /// <summary>The authorization servers whose tokens are taken; at least one, no issuer twice.</summary>
    public required ImmutableArray<IssuerSettings> Issuers { get; init; }

    /// <summary>Who may do what on each brain, and whether it takes bound tokens; an entry for every brain.</summary>
    public required ImmutableDictionary<string, BrainAccess> Access { get; init; }

    /// <summary>What is accepted as a proof.</summary>
    public required DpopOptions Proofs { get; init; }

    /// <summary>The connection string of Redis, which several replicas share; <c>null</c> to remember proofs in this process.</summary>
    public required string? Redis { get; init; }

    /// <summary>Are revocations read from Redis? Calls then depend on it, with a bearer token as well.</summary>
    public bool HasSharedRevocations { get; init; }

    /// <summary>The issuers alone: the connection string holds a password.</summary>
    public override string ToString() => string.Join(", ", Issuers.Select(static issuer => issuer.Issuer));

    /// <summary>The issuers whose tokens a brain takes.</summary>
    public IEnumerable<IssuerSettings> IssuersOf(string brain) => Issuers.Where(issuer => issuer.Brains.IsEmpty || issuer.Brains.Contains(brain, StringComparer.Ordinal));
}

/// <summary>Who may use one brain, and how.</summary>
/// <param name="Dpop">Whether it takes bound tokens.</param>
/// <param name="Rules">Who may do what; nobody else may anything.</param>
internal sealed record BrainAccess(DpopMode Dpop, ImmutableArray<AccessRule> Rules);
