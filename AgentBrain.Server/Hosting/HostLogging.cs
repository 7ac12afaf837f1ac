using AgentBrain.Server.Authorization;

namespace AgentBrain.Server.Hosting;

/// <summary>What the log shows by default, in every transport.</summary>
internal static class HostLogging
{
    /// <summary>One safe line an entry, and no line twice: a refused credential is told by the step that answers it.</summary>
    public static void Quiet(ILoggingBuilder logging)
    {
        SafeConsoleFormatter.Use(logging);
        logging.AddFilter("ModelContextProtocol", LogLevel.Warning);
        logging.AddFilter(typeof(BasicAuthenticationHandler).FullName, LogLevel.Warning);
    }
}
