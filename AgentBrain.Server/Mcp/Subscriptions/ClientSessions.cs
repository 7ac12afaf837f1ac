using System.Collections.Concurrent;
using AgentBrain.Server.Brains;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// The sessions of older clients with their subscriptions, each known by the id that the server chose. The transport runs each session
/// through <see cref="RunAsync"/>, which is how a session's end is known: the SDK tells it to nobody else.
/// </summary>
/// <param name="streams">The open streams and their quotas.</param>
/// <param name="limits">What subscriptions may take.</param>
/// <param name="serverEnd">When the server ends.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ClientSessions(
    OpenStreams streams,
    SubscriptionLimits limits,
    ServerEnd serverEnd,
    TimeProvider time,
    ILogger<ClientSessions> logger)
{
    private readonly ConcurrentDictionary<string, SessionSubscriptions> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private SessionSubscriptions? _only;

    /// <summary>How many sessions run now. The SDK ends a session's run when it drops the session, so this is how many it keeps.</summary>
    public int Count => _sessions.Count;

    /// <summary>Runs a session to its end, and ends its subscriptions with it. A request without a session runs as it is.</summary>
    public async Task RunAsync(McpServer server, CancellationToken cancellationToken)
    {
        if (server.SessionId is not { Length: > 0 } id)
        {
            await server.RunAsync(cancellationToken);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var session = new SessionSubscriptions(server, streams, limits, time, logger, ended.Token);
        _sessions[id] = session;
        try
        {
            await server.RunAsync(cancellationToken);
        }
        finally
        {
            _sessions.TryRemove(id, out _);
            await ended.CancelAsync();
            await session.DrainAsync();
        }
    }

    /// <summary>The subscriptions of the session that a request belongs to.</summary>
    /// <exception cref="BrainException">The request has no session (<c>subscriptions_need_a_session</c>).</exception>
    public SessionSubscriptions Of(McpServer server)
    {
        if (server.SessionId is { Length: > 0 } id)
        {
            return _sessions.TryGetValue(id, out var session) ? session : throw SubscriptionRefusals.NoSession();
        }

        // Over stdio the process is the session.
        if (!serverEnd.HasOneClient)
        {
            throw SubscriptionRefusals.NoSession();
        }

        lock (_lock)
        {
            return _only ??= new SessionSubscriptions(server, streams, limits, time, logger, serverEnd.Token);
        }
    }
}
