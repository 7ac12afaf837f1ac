namespace AgentBrain.Server.Mcp;

/// <summary>
/// How long a call's right to be answered holds. The credentials of a call are judged when it comes in; what goes on for longer than a
/// moment asks here whether they still are what they were.
/// </summary>
internal interface ICallAccess
{
    /// <summary>When the call must have been answered, for example because the access token ends; null for no such time.</summary>
    DateTimeOffset? EndsAt { get; }

    /// <summary>Set when the answer has to end early: access was revoked, or the caller has too much open. Soon afterwards it is cut off.</summary>
    CancellationToken Ended { get; }

    /// <summary>Whether the caller may still be told something. Asked before each notification, so it must be quick.</summary>
    bool Holds();
}

/// <summary>No authorization layer: whoever was let in may stay.</summary>
internal sealed class LastingAccess : ICallAccess
{
    /// <inheritdoc />
    public DateTimeOffset? EndsAt => null;

    /// <inheritdoc />
    public CancellationToken Ended => CancellationToken.None;

    /// <inheritdoc />
    public bool Holds() => true;
}
