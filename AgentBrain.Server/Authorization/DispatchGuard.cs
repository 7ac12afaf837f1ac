using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Authorization;

/// <summary>
/// Step 9, inside of the SDK and outermost of its filters: reads the message that is about to run, by itself, and refuses it when it
/// is not the one that the gate let through. Over standard input and output there is no gate; there it makes the local caller and
/// holds the message against the table.
/// </summary>
/// <param name="telemetry">Counts refusals.</param>
/// <param name="isStdio">True when messages come over standard input.</param>
/// <param name="logger">Where differences are told.</param>
internal sealed partial class DispatchGuard(AuthorizationTelemetry telemetry, bool isStdio, ILogger<DispatchGuard> logger)
{
    /// <summary>The SDK's filter.</summary>
    public McpMessageHandler Filter(McpMessageHandler next) => (context, cancellationToken) =>
    {
        if (isStdio)
            context.User = LocalCaller.ForStdio();

        Check(context);
        return next(context, cancellationToken);
    };

    private void Check(MessageContext context)
    {
        var identity = CallerIdentity.Of(context.User) ?? throw Refuse(Reasons.NoCaller, "");
        Operation operation;
        try
        {
            operation = DispatchReader.Read(context.JsonRpcMessage);
        }
        catch (OperationException exception)
        {
            telemetry.Refused(exception.Reason);
            LogRefusal(exception.Reason, exception.Message);
            throw new McpProtocolException(exception.Message, exception, (McpErrorCode)exception.Code);
        }

        var requirement = ScopeTable.Require(operation);
        if (isStdio)
            CheckStdio(identity, operation, requirement);
        else if (identity.Decision is not { } decision)
            throw Refuse(Reasons.NoCaller, operation.Method);
        else if (decision.Operation != operation || decision.Needed != requirement.Needed || decision.Resource != identity.Caller.Resource || requirement.UnknownReason is not null)
            throw Refuse(Reasons.DispatchDiffers, $"{decision.Operation.Method} {decision.Operation.Name} became {operation.Method} {operation.Name}");

        if (!identity.Caller.Scopes.Covers(requirement.Needed))
            throw Refuse(Reasons.InsufficientScope, operation.Method);
    }

    private void CheckStdio(CallerIdentity identity, Operation operation, ScopeRequirement requirement)
    {
        if (requirement.UnknownReason is not { } reason)
        {
            identity.Decide(new GateDecision(operation, requirement.Needed, identity.Caller.Resource));
            return;
        }

        telemetry.Refused(reason);
        LogRefusal(reason, LogText.Safe($"{operation.Method} {operation.Name}"));
        throw reason == Reasons.UnknownTool
            ? new McpProtocolException("There is no such tool.", McpErrorCode.InvalidParams)
            : new McpProtocolException("There is no such method.", McpErrorCode.MethodNotFound);
    }

    private McpProtocolException Refuse(string reason, string detail)
    {
        telemetry.Refused(reason);
        LogRefusal(reason, LogText.Safe(detail, 512));
        return new McpProtocolException("The message is not the one that was authorized.", McpErrorCode.InvalidRequest);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message was refused at dispatch: {Reason} ({Detail})")]
    private partial void LogRefusal(string reason, string detail);
}
