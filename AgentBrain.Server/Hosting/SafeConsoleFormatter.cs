using AgentBrain.Server.Authorization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ModelContextProtocol;

namespace AgentBrain.Server.Hosting;

/// <summary>
/// Writes an entry as one line that text of a stranger can neither continue on another line nor use to steer the terminal. The libraries
/// below us log names that clients chose, and this is the one place that all lines pass.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SafeConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name it is registered under.</summary>
    public const string FormatterName = "agent-brain";

    private const int MaxMessage = 4096;
    private const int MaxStackLine = 512;

    /// <summary>Makes it the formatter of the console.</summary>
    public static void Use(ILoggingBuilder logging)
    {
        logging.AddConsoleFormatter<SafeConsoleFormatter, ConsoleFormatterOptions>();
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.FormatterName = FormatterName);
    }

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (IsRefusal(logEntry.Category, logEntry.Exception))
        {
            return;
        }

        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Level(logEntry.LogLevel)} {logEntry.Category}: {LogText.Safe(message, MaxMessage)}");
        if (logEntry.Exception is { } exception)
        {
            foreach (var line in exception.ToString().Split('\n'))
            {
                textWriter.WriteLine($"    {LogText.Safe(line.TrimEnd('\r'), MaxStackLine)}");
            }
        }
    }

    /// <summary>
    /// The SDK logs a call that is answered with an error as an unhandled exception, stack and all, for anybody who cares to send one. The
    /// caller has the answer; defects, which are other exceptions, stay in the log.
    /// </summary>
    private static bool IsRefusal(string category, Exception? exception) =>
        exception is McpException && category.StartsWith("ModelContextProtocol", StringComparison.Ordinal);

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
