using System.Collections.Immutable;
using AgentBrain.Server.AuthorizationServer.Keys;

namespace AgentBrain.Server.AuthorizationServer.OwnerConsole;

/// <summary>What the console shows.</summary>
internal sealed record ConsoleView
{
    /// <summary>What clients may do now.</summary>
    public required ImmutableArray<GrantLine> Grants { get; init; }

    /// <summary>Clients that are known, the last used first.</summary>
    public required ImmutableArray<ClientLine> Clients { get; init; }

    /// <summary>How many clients there are more than are shown.</summary>
    public required int MoreClients { get; init; }

    /// <summary>The brains.</summary>
    public required ImmutableArray<BrainLine> Brains { get; init; }

    /// <summary>The signing keys.</summary>
    public required ImmutableArray<SigningKeyInfo> Keys { get; init; }

    /// <summary>What happened, the last first.</summary>
    public required ImmutableArray<ActivityLine> Activities { get; init; }

    /// <summary>What the last form did, or why it did not.</summary>
    public ConsoleNotice? Notice { get; init; }
}

/// <summary>What a form did.</summary>
/// <param name="IsDone">Did it do what was wished?</param>
/// <param name="Text">In a sentence.</param>
internal sealed record ConsoleNotice(bool IsDone, string Text);

/// <summary>A client as it is named here: what it calls itself, in quotes, and where it is.</summary>
/// <param name="Name">What it calls itself; untrusted.</param>
/// <param name="Place">A host, or "this computer".</param>
internal sealed record ClientName(string? Name, string Place);

/// <summary>A grant.</summary>
internal sealed record GrantLine(string Id, ClientName Client, string Brain, ImmutableArray<string> Scopes, DateTimeOffset Since, DateTimeOffset? LastUsed, string? AddressPrefix, DateTimeOffset Until);

/// <summary>A client.</summary>
internal sealed record ClientLine(string Id, ClientName Client, string ClientId, string Kind, DateTimeOffset Since, DateTimeOffset? LastUsed, bool IsAllowed);

/// <summary>Something that happened.</summary>
internal sealed record ActivityLine(DateTimeOffset Time, string Words, bool IsAlarming, string? ClientId, ClientName? Client, string? AddressPrefix, string? Detail);
