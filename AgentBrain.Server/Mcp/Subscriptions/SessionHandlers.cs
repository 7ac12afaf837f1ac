using AgentBrain.Server.Brains;
using AgentBrain.Server.Mcp.Resources;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>Answers <c>resources/subscribe</c> and <c>resources/unsubscribe</c>, which clients up to 2025-11-25 use in a session.</summary>
/// <param name="contexts">Finds out who asks.</param>
/// <param name="resources">What can be watched.</param>
/// <param name="sessions">The sessions.</param>
internal sealed class SessionHandlers(ICallContexts contexts, SubscribableResources resources, ClientSessions sessions)
{
    /// <summary>Subscribes the session.</summary>
    public ValueTask<EmptyResult> Subscribe(RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params?.Uri;
        try
        {
            var caller = contexts.Of(request);
            sessions.Of(request.Server).Add(resources.Find(uri, caller), caller);
            return ValueTask.FromResult(new EmptyResult());
        }
        catch (BrainException refusal)
        {
            throw ResourceErrors.From(refusal, uri, request.Server.NegotiatedProtocolVersion);
        }
    }

    /// <summary>Unsubscribes the session. What is not subscribed to, or is no URI, is not subscribed to afterwards either.</summary>
    public ValueTask<EmptyResult> Unsubscribe(RequestContext<UnsubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        var text = request.Params?.Uri;
        try
        {
            if (ResourceUri.TryParse(text) is { } uri)
            {
                sessions.Of(request.Server).Remove(uri);
            }

            return ValueTask.FromResult(new EmptyResult());
        }
        catch (BrainException refusal)
        {
            throw ResourceErrors.From(refusal, text, request.Server.NegotiatedProtocolVersion);
        }
    }
}
