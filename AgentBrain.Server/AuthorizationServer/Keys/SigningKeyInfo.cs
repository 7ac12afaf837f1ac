namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>A signing key as the owner sees it.</summary>
/// <param name="Id">Its <c>kid</c>.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="CreatedAt">When it was made and published.</param>
/// <param name="ActiveFrom">From when on it signs.</param>
/// <param name="RetiredAt">When a later key took over.</param>
/// <param name="CompromisedAt">When it was declared stolen.</param>
internal sealed record SigningKeyInfo(string Id, SigningKeyState State, DateTimeOffset CreatedAt, DateTimeOffset ActiveFrom, DateTimeOffset? RetiredAt, DateTimeOffset? CompromisedAt);

/// <summary>Where a signing key is in its life.</summary>
internal enum SigningKeyState
{
    /// <summary>Published, and not yet used.</summary>
    Next,

    /// <summary>Signs.</summary>
    Current,

    /// <summary>Still published, for the tokens that it signed.</summary>
    Retired,

    /// <summary>Neither published nor believed.</summary>
    Compromised,
}
