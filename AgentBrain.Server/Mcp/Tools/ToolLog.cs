namespace AgentBrain.Server.Mcp.Tools;

/// <summary>What tools log.</summary>
internal static partial class ToolLog
{
    /// <summary>A failure that nothing foresaw; the caller was given the id.</summary>
    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "The tool {Tool} failed; the caller was told the id {CorrelationId}.")]
    public static partial void ToolFailed(ILogger logger, Exception error, string tool, string correlationId);

    /// <summary>The storage failed during a call.</summary>
    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "The storage failed in the tool {Tool} ({Reason}).")]
    public static partial void StorageFailed(ILogger logger, Exception error, string tool, string reason);
}
