using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 7: may this caller do this? The decision goes with the caller's identity into the SDK, where the dispatch guard compares it
/// with the message that really runs. Headers that describe the body (<c>Mcp-Method</c>, <c>Mcp-Name</c>) are never believed.
/// </summary>
internal sealed class ScopeGate(RequestDelegate next, IScopeChallenge challenge, RequestLimits limits, Refuser refuser, AuthorizationTelemetry telemetry)
{
    /// <summary>Runs the step.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (RequestedResource.Of(context) is not { } resource || CallerIdentity.Of(context.User) is not { } identity)
        {
            await next(context);
            return;
        }

        Refusal? refusal;
        using (var span = telemetry.StartDecision())
        {
            refusal = HttpMethods.IsPost(context.Request.Method)
                ? JudgeMessage(context, identity, resource)
                : JudgeVerb(context, identity.Caller);
            span?.SetTag("agent_brain.reason", refusal?.Reason ?? "allowed");
        }

        await (refusal is null ? next(context) : refuser.RefuseAsync(context, refusal, Detail(context)));
    }

    private Refusal? JudgeMessage(HttpContext context, CallerIdentity identity, ProtectedResource resource)
    {
        var operation = (context.Features.Get<RequestMessage>() ?? throw new InvalidOperationException("The body was not read.")).Operation;
        var requirement = ScopeTable.Require(operation);
        if (requirement.UnknownReason is { } reason)
            return Unknown(context, operation, reason);

        if (!identity.Caller.Scopes.Covers(requirement.Needed))
        {
            return challenge.Write(context, identity.Caller, requirement.Needed)
                ? new Refusal(StatusCodes.Status403Forbidden, Reasons.InsufficientScope, $"The operation needs the scope {requirement.Needed.ToScopeText()}.")
                : new Refusal(StatusCodes.Status403Forbidden, Reasons.NotEntitled, $"The operation needs the scope {requirement.Needed.ToScopeText()}, which this caller may not have on this brain.");
        }

        if (operation.Uris.Length > limits.MaxUrisPerSubscription)
            return new Refusal(StatusCodes.Status400BadRequest, Reasons.TooManyUris, $"A subscription may name {limits.MaxUrisPerSubscription} resources.", JsonRpcCodes.InvalidParams);

        identity.Decide(new GateDecision(operation, requirement.Needed, resource.Uri));
        telemetry.Admitted(operation.Kind == MessageKind.Response ? "response" : operation.Method);
        return null;
    }

    /// <summary>GET opens the legacy stream, for which 405 is the protocol's way to say that there is none. DELETE ends one's own session.</summary>
    private Refusal? JudgeVerb(HttpContext context, Caller caller)
    {
        if (HttpMethods.IsGet(context.Request.Method) && !caller.Scopes.Covers(ScopeTable.LegacyStream))
        {
            context.Response.Headers.Allow = "POST, DELETE";
            return new Refusal(StatusCodes.Status405MethodNotAllowed, Reasons.StreamNotAllowed, $"The stream needs the scope {ScopeTable.LegacyStream.ToScopeText()}.");
        }

        telemetry.Admitted(context.Request.Method);
        return null;
    }

    /// <summary>
    /// What the table does not have. An unknown tool is an error of the call and comes with 200, as the protocol has it. An unknown
    /// method is 404 since 2026-07-28; older clients take that for a lost session, and get the error with 200, as from any server.
    /// </summary>
    private static Refusal Unknown(HttpContext context, Operation operation, string reason)
    {
        if (reason == Reasons.UnknownTool)
            return new Refusal(StatusCodes.Status200OK, reason, "There is no such tool.", JsonRpcCodes.InvalidParams);

        var status = ProtocolVersion.IsStateless(context.Request) ? StatusCodes.Status404NotFound
            : operation.Kind == MessageKind.Request ? StatusCodes.Status200OK
            : StatusCodes.Status400BadRequest;
        return new Refusal(status, reason, "There is no such method.", JsonRpcCodes.MethodNotFound);
    }

    private static string? Detail(HttpContext context) => context.Features.Get<RequestMessage>()?.Operation is { } operation
        ? $"{operation.Method} {operation.Name}"
        : context.Request.Method;
}
