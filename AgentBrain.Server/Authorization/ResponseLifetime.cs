using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// After the gate: lets no response outlive the access that it was opened with, and no principal have more streams than its quota. When
/// access ends, what answers a POST is told first and can say its last word; after a moment its request is cancelled; and a client
/// that does not even read loses its connection. A GET has nothing to say and is cancelled at once.
/// </summary>
internal sealed partial class ResponseLifetime(RequestDelegate next, OpenResponses responses, RequestLimits limits, Refuser refuser, TimeProvider time, ILogger<ResponseLifetime> logger)
{
    /// <summary>How long an answer has to end by itself, and then how long a cancelled one has. Both together with the sweep stay within five seconds.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is not { } resource || CallerIdentity.Of(context.User) is not { } identity)
        {
            await next(context);
            return;
        }

        var access = new GrantedAccess(identity.Caller, resource, Needed(context, identity));
        using var response = responses.TryOpen(access, OpensStream(context), context.Features.Get<EventStreamBody>());
        if (response is null)
        {
            await refuser.RefuseAsync(
                context,
                new Refusal(StatusCodes.Status429TooManyRequests, Reasons.TooManyStreams, $"A caller may have {limits.StreamsPerPrincipal} streams open.") { RetryAfter = TimeSpan.FromSeconds(30) });
            return;
        }

        identity.Answers(response);
        await RunAsync(context, response);
    }

    private static bool OpensStream(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || context.Features.Get<RequestMessage>()?.Operation.OpensStream == true;

    private static ScopeSet Needed(HttpContext context, CallerIdentity identity) =>
        HttpMethods.IsGet(context.Request.Method) ? ScopeTable.LegacyStream : identity.Decision?.Needed ?? ScopeSet.None;

    private async Task RunAsync(HttpContext context, OpenResponse response)
    {
        var client = context.RequestAborted;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(client);
        context.RequestAborted = cut.Token;
        try
        {
            var running = next(context);
            await EndAsync(context, running, response, cut);
            await running;
        }
        catch (OperationCanceledException) when (response.EndReason is not null && !client.IsCancellationRequested)
        {
            context.RequestAborted = client;
            if (!await IsOverAsync(SayWhyAsync(context, response.EndReason), Grace, CancellationToken.None))
                context.Abort();
        }
        finally
        {
            context.RequestAborted = client;
        }
    }

    /// <summary>Completes when the answer is complete, of itself or by force. Its outcome is the caller's to observe.</summary>
    private async Task EndAsync(HttpContext context, Task running, OpenResponse response, CancellationTokenSource cut)
    {
        if (await IsOverAsync(running, Timeout.InfiniteTimeSpan, response.Ended))
            return;

        LogEnds(response.EndReason);
        if (!HttpMethods.IsGet(context.Request.Method) && await IsOverAsync(running, Grace, CancellationToken.None))
            return;

        await cut.CancelAsync();
        if (!await IsOverAsync(running, Grace, CancellationToken.None))
            context.Abort();
    }

    private async Task<bool> IsOverAsync(Task running, TimeSpan longest, CancellationToken ended)
    {
        if (!running.IsCompleted)
            await running.WaitAsync(longest, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return running.IsCompleted;
    }

    /// <summary>
    /// The last word of an answer that was cut. A client that gets none would wait for it until its own time is up. Before the first
    /// byte it is told to come again, and the pipeline then says what is wrong, with the right challenge.
    /// </summary>
    private async Task SayWhyAsync(HttpContext context, string reason)
    {
        if (!context.Response.HasStarted)
            await refuser.RefuseAsync(context, new Refusal(StatusCodes.Status503ServiceUnavailable, reason, "Access ended while the request was answered.") { RetryAfter = TimeSpan.FromSeconds(1) });
        else if (context.Features.Get<EventStreamBody>() is { } body && context.Features.Get<RequestMessage>()?.Id is { } id)
            await body.TryWriteEventAsync(Refuser.Body(new Refusal(StatusCodes.Status200OK, reason, "Access ended while the request was answered."), id));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "An open response is ended: {Reason}")]
    private partial void LogEnds(string? reason);
}
