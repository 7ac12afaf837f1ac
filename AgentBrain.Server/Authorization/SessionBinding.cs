namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 6: a session is its owner's alone, for every verb. Another's session, another brain's and one that never was are answered
/// alike, as the SDK answers an unknown one, and the client starts anew.
/// </summary>
internal sealed class SessionBinding(RequestDelegate next, SessionBindings sessions, Refuser refuser)
{
    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // The SDK neither reads nor sets the session header of a stateless request.
        if (RequestedResource.Of(context) is not { } resource || ProtocolVersion.IsStateless(context.Request))
        {
            await next(context);
            return;
        }

        var caller = Caller.From(context.User);
        var owner = SessionOwner.Of(caller);
        var sessionId = context.Request.Headers[ProtocolVersion.SessionHeader].ToString();
        if (sessionId.Length > 0)
            await ContinueAsync(context, sessionId, owner, caller, resource);
        else if (context.Features.Get<RequestMessage>()?.Operation is { Kind: MessageKind.Request, Method: "initialize" })
            await OpenAsync(context, owner, caller, resource);
        else
            await next(context);
    }

    private async Task ContinueAsync(HttpContext context, string sessionId, SessionOwner owner, Caller caller, ProtectedResource resource)
    {
        if (!sessions.TryEnter(sessionId, owner, out var known))
        {
            await refuser.RefuseAsync(
                context,
                new Refusal(StatusCodes.Status404NotFound, known ? Reasons.SessionMismatch : Reasons.UnknownSession, "Session not found", JsonRpcCodes.SessionNotFound) { TellReason = false });
            return;
        }

        sessions.Used(sessionId, caller, resource);
        try
        {
            await next(context);
        }
        finally
        {
            sessions.Leave(sessionId);
        }

        if (HttpMethods.IsDelete(context.Request.Method) && context.Response.StatusCode < StatusCodes.Status300MultipleChoices)
            await sessions.RemoveAsync(sessionId);
    }

    private async Task OpenAsync(HttpContext context, SessionOwner owner, Caller caller, ProtectedResource resource)
    {
        if (!await sessions.TryReserveAsync(owner))
        {
            await refuser.RefuseAsync(
                context,
                new Refusal(StatusCodes.Status429TooManyRequests, Reasons.TooManySessions, "Too many sessions are in use.") { RetryAfter = TimeSpan.FromSeconds(30) });
            return;
        }

        string? bound = null;
        var isOver = false;

        // Before the client can know the session's name, and so before it can use it.
        context.Response.OnStarting(() =>
        {
            if (!isOver && Opened(context) is { } opened)
            {
                sessions.Bind(opened, owner);
                sessions.Used(opened, caller, resource);
                bound = opened;
            }

            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        finally
        {
            isOver = true;
            if (bound is not null)
                sessions.Leave(bound);
            else
                await GiveUpAsync(context, owner);
        }
    }

    /// <summary>A client that hangs up before the answer leaves a session behind that nobody will ever name.</summary>
    private Task GiveUpAsync(HttpContext context, SessionOwner owner)
    {
        sessions.Release(owner);
        return Opened(context) is { } opened ? sessions.AbandonAsync(opened, owner) : Task.CompletedTask;
    }

    private static string? Opened(HttpContext context) =>
        context.Response.Headers[ProtocolVersion.SessionHeader].ToString() is { Length: > 0 } opened ? opened : null;
}
