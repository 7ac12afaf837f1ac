using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>Finds a command by its name and runs it: one at a time, and beside them one that takes long.</summary>
internal sealed partial class CommandRunner : IDisposable
{
    private readonly Dictionary<string, IControlCommand> _commands;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SemaphoreSlim _oneLong = new(1, 1);
    private readonly TimeProvider _time;
    private readonly ILogger<CommandRunner> _logger;

    /// <summary>Takes the commands.</summary>
    public CommandRunner(IEnumerable<IControlCommand> commands, TimeProvider time, ILogger<CommandRunner> logger)
    {
        _commands = commands.ToDictionary(static command => command.Syntax.Name, StringComparer.Ordinal);
        _time = time;
        _logger = logger;
    }

    /// <summary>Runs a command. What goes wrong is in the reply.</summary>
    /// <param name="command">Its name and what follows it.</param>
    /// <param name="cancellationToken">The caller or the server is gone.</param>
    public async Task<ControlReply> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var name = "";
        try
        {
            if (CommandTable.Find(command) is not var (syntax, rest) || !_commands.TryGetValue(syntax.Name, out var found))
                return Failed(ConfigurationException.ExitCode, "The server that has the data directory does not know this command; is it of another version?");

            name = syntax.Name;
            var outcome = await RunAsync(found, CommandArguments.Parse(syntax, rest), cancellationToken);
            return new ControlReply { ExitCode = 0, Lines = outcome.Lines, Data = outcome.Data, File = outcome.File };
        }
        catch (ConfigurationException exception)
        {
            return Failed(ConfigurationException.ExitCode, exception.Message);
        }
        catch (CommandException exception)
        {
            return Failed(CommandException.ExitCode, exception.Message);
        }
        catch (OperationCanceledException)
        {
            return Failed(CommandException.ExitCode, $"The command {name} was not done: it took too long, or the server stops; try again.");
        }
#pragma warning disable CA1031 // A defect in one command is told to the one who called it, and the server goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(name, exception);
            return Failed(CommandException.ExitCode, $"The command {name} failed ({exception.GetType().Name}); the server's log says more.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _one.Dispose();
        _oneLong.Dispose();
    }

    private async Task<CommandOutcome> RunAsync(IControlCommand command, CommandArguments arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(command.Syntax.Time, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var turn = command.Syntax.IsLong ? _oneLong : _one;
        await turn.WaitAsync(either.Token);
        try
        {
            return await command.RunAsync(arguments, either.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    private static ControlReply Failed(int exitCode, string error) => new() { ExitCode = exitCode, Error = error };

    [LoggerMessage(Level = LogLevel.Error, Message = "The command {Command} failed.")]
    private partial void LogFailed(string command, Exception exception);
}
