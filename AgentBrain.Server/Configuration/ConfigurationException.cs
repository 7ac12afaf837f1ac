namespace AgentBrain.Server.Configuration;

/// <summary>
/// A setting that stops the start. The message is one sentence that names the setting and the fix; it goes to standard error
/// as it stands, without a stack trace, and the process ends with <see cref="ExitCode"/>.
/// </summary>
/// <param name="message">The sentence. It never holds a secret's value.</param>
/// <param name="inner">The cause, if another exception was.</param>
internal sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process returns after a misconfiguration.</summary>
    public const int ExitCode = 2;
}
