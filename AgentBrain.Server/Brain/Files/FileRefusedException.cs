namespace AgentBrain.Server.Brains.Files;

/// <summary>A file or directory that is not opened, listed or read. It fails the file, never the job.</summary>
/// <param name="reason">The reason under which it is counted.</param>
/// <param name="message">What was seen, for the log only: it may name a path.</param>
/// <param name="inner">The cause, for the log only.</param>
internal sealed class FileRefusedException(SkipReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The reason under which it is counted.</summary>
    public SkipReason Reason { get; } = reason;
}
