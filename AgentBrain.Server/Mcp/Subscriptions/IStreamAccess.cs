namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// What the authorization layer says of a stream that is open. A stream outlives the request that opened it, so the credentials of that
/// request are not enough.
/// </summary>
internal interface IStreamAccess
{
    /// <summary>When the stream must end at the latest, for example when the access token does; null for no such time.</summary>
    DateTimeOffset? EndsAt(CallContext caller);

    /// <summary>Whether the caller may still be told of changes. Asked before each notification, so it must be quick.</summary>
    bool MayBeTold(CallContext caller);
}

/// <summary>No authorization layer: whoever opened a stream may keep it.</summary>
internal sealed class UnlimitedStreamAccess : IStreamAccess
{
    /// <inheritdoc />
    public DateTimeOffset? EndsAt(CallContext caller) => null;

    /// <inheritdoc />
    public bool MayBeTold(CallContext caller) => true;
}
