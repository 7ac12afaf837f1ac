using AgentBrain.Server.Brains;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>Why a subscription is refused.</summary>
internal static class SubscriptionRefusals
{
    /// <summary>The URI names nothing that a client could know of.</summary>
    public static BrainException UnknownUri() => new(
        BrainFault.InvalidArgument,
        "unknown_uri",
        "There is no such resource: job://<job_id> (list_jobs shows the ids), corpus://status and corpus://folders can be subscribed to.");

    /// <summary>The resource can be read but not watched. Says nothing on whether it exists.</summary>
    public static BrainException NotSubscribable() => new(
        BrainFault.InvalidArgument,
        "not_subscribable",
        "This resource cannot be subscribed to, only read: job://<job_id>, corpus://status and corpus://folders can.");

    /// <summary>The session has this subscription.</summary>
    public static BrainException Duplicate() => new(
        BrainFault.InvalidArgument,
        "duplicate_subscribe",
        "This session is subscribed to the resource already.");

    /// <summary>A quota is used up.</summary>
    /// <param name="limit">The quota, for example <c>8 streams a principal</c>.</param>
    public static BrainException TooMany(string limit) => new(
        BrainFault.Conflict,
        "too_many_subscriptions",
        $"The limit of {limit} is reached: close some, or unsubscribe, and try again.");

    /// <summary>The transport has no way to deliver.</summary>
    public static BrainException NoSession() => new(
        BrainFault.Unavailable,
        "subscriptions_need_a_session",
        "This connection has no session over which updates could be delivered: connect with sessions, or use subscriptions/listen of protocol 2026-07-28.");
}
