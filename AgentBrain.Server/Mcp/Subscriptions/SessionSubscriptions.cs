using System.Text.Json.Nodes;
using AgentBrain.Server.Mcp.Resources;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>The subscriptions of one session of an older client. All of them share one pump, which runs while there are any.</summary>
/// <param name="server">The session's end of the connection: what is sent by it goes to the client outside of any request.</param>
/// <param name="streams">The open streams and their quotas.</param>
/// <param name="limits">What subscriptions may take.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="ended">Set when the session ends.</param>
internal sealed partial class SessionSubscriptions(
    McpServer server,
    OpenStreams streams,
    SubscriptionLimits limits,
    TimeProvider time,
    ILogger logger,
    CancellationToken ended)
{
    private readonly Lock _lock = new();
    private SubscriptionPump? _pump;
    private Task _running = Task.CompletedTask;

    /// <summary>Subscribes.</summary>
    /// <exception cref="Brains.BrainException">The session has this subscription, or a quota is used up.</exception>
    public void Add(SubscribableResource resource, CallContext caller)
    {
        lock (_lock)
        {
            ended.ThrowIfCancellationRequested();
            if (_pump?.TryAdd(resource) == true)
            {
                return;
            }

            var stream = streams.Open(caller, StreamKind.Session);
            var pump = new SubscriptionPump(caller, SendAsync, limits.UrisPerStream, time, logger);
            pump.TryAdd(resource);
            _pump = pump;

            // The pump outlives the request: it must not carry the request's ambient state along.
            using (ExecutionContext.SuppressFlow())
            {
                _running = Task.Run(() => RunAsync(pump, stream), CancellationToken.None);
            }
        }
    }

    /// <summary>Unsubscribes; nothing if there is no such subscription.</summary>
    public void Remove(ResourceUri uri)
    {
        lock (_lock)
        {
            _pump?.Remove(uri.Canonical);
        }
    }

    /// <summary>Completes when the pump has ended, after the session's end was set.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            return _running;
        }
    }

    private async Task RunAsync(SubscriptionPump pump, OpenStream stream)
    {
        using (stream)
        {
            try
            {
                using var life = new StreamLife(stream.Caller.Access, Timeout.InfiniteTimeSpan, time, ended, stream.Ended);
                await pump.RunAsync(life.Token, ended);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // The session ended in the middle of a notification.
            }
            catch (Exception e)
            {
                // Nobody awaits the pump while the session lives, so this is the place to say that it broke.
                LogPumpFailed(logger, e);
            }
        }
    }

    private Task SendAsync(string uri, CancellationToken cancellationToken) => server.SendMessageAsync(
        new JsonRpcNotification { Method = NotificationMethods.ResourceUpdatedNotification, Params = new JsonObject { ["uri"] = uri } },
        cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session's subscriptions ended because a notification could not be sent.")]
    private static partial void LogPumpFailed(ILogger logger, Exception exception);
}
