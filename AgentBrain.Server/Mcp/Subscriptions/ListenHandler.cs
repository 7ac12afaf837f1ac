using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Resources;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>
/// Answers <c>subscriptions/listen</c> (2026-07-28): the acknowledgement with what is honoured, then updates, each tagged with the
/// request's id, then the result. The tag is the client's and means nothing to this server.
/// </summary>
/// <param name="contexts">Finds out who asks.</param>
/// <param name="resources">What can be watched.</param>
/// <param name="streams">The open streams and their quotas.</param>
/// <param name="limits">What subscriptions may take.</param>
/// <param name="serverEnd">When the server ends.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ListenHandler(
    ICallContexts contexts,
    SubscribableResources resources,
    OpenStreams streams,
    SubscriptionLimits limits,
    ServerEnd serverEnd,
    TimeProvider time,
    ILogger<ListenHandler> logger)
{
    /// <summary>Holds the stream until it ends.</summary>
    public async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        try
        {
            var caller = contexts.Of(request);
            var watched = resources.FindAll(request.Params?.Notifications.ResourceSubscriptions ?? [], caller);
            using var stream = streams.Open(caller, StreamKind.Listen);
            await AcknowledgeAsync(request, watched, cancellationToken);
            await RunAsync(request, stream, watched, cancellationToken);
        }
        catch (BrainException refusal)
        {
            throw ResourceErrors.From(refusal, uri: null, request.Server.NegotiatedProtocolVersion);
        }

        // A client that closed its stream gets nothing more; every other end is told by the result.
        cancellationToken.ThrowIfCancellationRequested();
        return new EmptyResult { Meta = Tag(request) };
    }

    private async Task RunAsync(
        RequestContext<SubscriptionsListenRequestParams> request,
        OpenStream stream,
        List<SubscribableResource> watched,
        CancellationToken cancellationToken)
    {
        var pump = new SubscriptionPump(stream.Caller, (uri, abort) => UpdatedAsync(request, uri, abort), limits.UrisPerStream, time, logger);
        watched.ForEach(resource => pump.TryAdd(resource));
        using var life = new StreamLife(stream.Caller.Access, limits.ListenLifetime, time, cancellationToken, stream.Ended, serverEnd.Token);
        await pump.RunAsync(life.Token, cancellationToken);
    }

    private static Task AcknowledgeAsync(
        RequestContext<SubscriptionsListenRequestParams> request,
        List<SubscribableResource> watched,
        CancellationToken cancellationToken)
    {
        var honoured = new SubscriptionsListenNotifications
        {
            ResourceSubscriptions = watched.Count == 0 ? null : [.. watched.Select(resource => resource.Uri.Text)],
        };
        var parameters = JsonSerializer.SerializeToNode(
            new SubscriptionsAcknowledgedNotificationParams { Notifications = honoured },
            McpJsonUtilities.DefaultOptions)!;
        return SendAsync(request, NotificationMethods.SubscriptionsAcknowledgedNotification, parameters.AsObject(), cancellationToken);
    }

    private static Task UpdatedAsync(RequestContext<SubscriptionsListenRequestParams> request, string uri, CancellationToken cancellationToken) =>
        SendAsync(request, NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = uri }, cancellationToken);

    private static Task SendAsync(
        RequestContext<SubscriptionsListenRequestParams> request,
        string method,
        JsonObject parameters,
        CancellationToken cancellationToken)
    {
        parameters["_meta"] = Tag(request);
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters }, cancellationToken);
    }

    private static JsonObject Tag(RequestContext<SubscriptionsListenRequestParams> request) => new()
    {
        [MetaKeys.SubscriptionId] = request.JsonRpcRequest.Id.Id switch
        {
            string text => JsonValue.Create(text),
            long number => JsonValue.Create(number),
            var other => JsonValue.Create(other?.ToString()),
        },
    };
}
