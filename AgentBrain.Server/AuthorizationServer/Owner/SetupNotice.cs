namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Tells the machine's user how to become the owner, once the server serves. The link goes to a terminal or into a file of theirs,
/// and never into the log, which others read (SR-23).
/// </summary>
internal sealed partial class SetupNotice(OwnerPresence presence, SetupLinks links, SetupFile file, ISetupTerminal terminal, ILogger<SetupNotice> logger)
{
    /// <summary>Makes a new link and shows it; with an owner it only takes an old file away.</summary>
    public async Task TellAsync()
    {
        file.Delete();
        if (presence.HasOwner)
            return;

        var link = await links.IssueAsync(isReset: false);
        var minutes = (int)SetupLinks.Lifetime.TotalMinutes;
        if (terminal.IsTerminal)
        {
            terminal.WriteLine("");
            terminal.WriteLine($"This server has no owner yet. Open this link within {minutes} minutes and choose a password:");
            terminal.WriteLine($"  {link}");
            return;
        }

        file.Write(link);
        LogFile(file.FullPath, minutes);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This server has no owner yet and serves nothing. The setup link is in {File}; it lasts {Minutes} minutes and works once.")]
    private partial void LogFile(string file, int minutes);
}

/// <summary>Where the setup link may be shown.</summary>
internal interface ISetupTerminal
{
    /// <summary>Does what is written reach a terminal, and no file and no collector of logs?</summary>
    bool IsTerminal { get; }

    /// <summary>Writes one line.</summary>
    void WriteLine(string text);
}

/// <summary>Standard error of this process.</summary>
internal sealed class ErrorTerminal : ISetupTerminal
{
    /// <inheritdoc/>
    public bool IsTerminal => !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public void WriteLine(string text) => Console.Error.WriteLine(text);
}
