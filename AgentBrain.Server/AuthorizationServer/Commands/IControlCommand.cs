using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>
/// A command of the machine's user. It runs in the server that has the data directory, so that what the server keeps in memory follows,
/// or, when none runs, in the command's own process on the same directory.
/// </summary>
internal interface IControlCommand
{
    /// <summary>How it is called.</summary>
    CommandSyntax Syntax { get; }

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What it was given, as <see cref="Syntax"/> allows.</param>
    /// <param name="cancellationToken">Ends it, at its time limit or when the server stops.</param>
    /// <exception cref="CommandException">It cannot be done; nothing was changed.</exception>
    Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken);
}

/// <summary>What a command has done or found.</summary>
/// <param name="Lines">For a person. Text that a stranger chose is made safe for a terminal.</param>
/// <param name="Data">The same for a program (<c>--json</c>).</param>
internal sealed record CommandOutcome(ImmutableArray<string> Lines, JsonNode Data)
{
    /// <summary>
    /// The name of a file in the data directory that the caller's side takes to where it was asked for. The server itself writes nowhere
    /// else: it may not be allowed to, or see other file systems than the caller.
    /// </summary>
    public string? File { get; init; }
}

/// <summary>Why a command was not done: one sentence that says what to do instead.</summary>
/// <param name="message">The sentence. It holds no secret.</param>
/// <param name="inner">The cause, if another exception was.</param>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process returns.</summary>
    public const int ExitCode = 1;
}
