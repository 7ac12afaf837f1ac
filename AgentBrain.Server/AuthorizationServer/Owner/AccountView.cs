using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>What the account page shows.</summary>
internal sealed record AccountView
{
    /// <summary>When the password was last set.</summary>
    public required DateTimeOffset PasswordSetAt { get; init; }

    /// <summary>The passkeys.</summary>
    public required ImmutableArray<PasskeyLine> Passkeys { get; init; }

    /// <summary>Why there can be none; <c>null</c> when there can.</summary>
    public string? PasskeyObstacle { get; init; }

    /// <summary>The browsers that are signed in.</summary>
    public required ImmutableArray<SessionLine> Sessions { get; init; }

    /// <summary>What was wrong with the last form.</summary>
    public string? Error { get; init; }

    /// <summary>What the last form did.</summary>
    public string? Done { get; init; }
}

/// <summary>A passkey in the list.</summary>
internal sealed record PasskeyLine(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A signed-in browser in the list.</summary>
internal sealed record SessionLine(string Id, string Browser, string AddressPrefix, string Method, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, bool IsThis);

/// <summary>What the page shows that adds a passkey.</summary>
/// <param name="Options">What the browser is to ask of an authenticator, as JSON.</param>
internal sealed record NewPasskeyView(string Options);
