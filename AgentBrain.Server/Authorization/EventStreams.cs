using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace AgentBrain.Server.Authorization;

/// <summary>Gives each response of an MCP endpoint a body in which heartbeats can be written between the events of the SDK.</summary>
internal sealed class EventStreams(RequestDelegate next, RequestLimits limits, TimeProvider time)
{
    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is null || context.Features.Get<IHttpResponseBodyFeature>() is not { } inner)
        {
            await next(context);
            return;
        }

        // A notification is answered with 202 and no body; the SDK declares an event stream for it all the same.
        var isAnswered = context.Features.Get<RequestMessage>() is not { Operation.Kind: not MessageKind.Request };
        var body = new EventStreamBody(context.Response, inner, isAnswered ? limits.Heartbeat : TimeSpan.MaxValue, time);
        context.Features.Set(body);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(context);
        }
        finally
        {
            // The connection goes on to the next request: no heartbeat may come after this one's answer.
            await body.CloseAsync();
            context.Features.Set<EventStreamBody>(null);
            context.Features.Set(inner);
        }
    }
}
