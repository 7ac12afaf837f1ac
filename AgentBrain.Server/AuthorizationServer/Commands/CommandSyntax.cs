using System.Collections.Immutable;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>How a command is called. The caller's side and the server judge the arguments by the same rules.</summary>
/// <param name="Name">Its name, one or two words.</param>
/// <param name="Usage">What may follow the name.</param>
/// <param name="Summary">What it does, for the help text.</param>
internal sealed record CommandSyntax(string Name, string Usage, string Summary)
{
    /// <summary>How long a command may take unless it says otherwise.</summary>
    public static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(30);

    /// <summary>What the one argument without a name is called; <c>null</c> when there is none.</summary>
    public string? Operand { get; init; }

    /// <summary>May the operand be left out?</summary>
    public bool IsOperandOptional { get; init; }

    /// <summary>Options with one value.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>Options with a value that may be there several times.</summary>
    public ImmutableArray<string> Lists { get; init; } = [];

    /// <summary>Options without a value.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>
    /// Those of <see cref="Values"/> whose value is the name of a file to be read, with whether it holds a secret. The caller's side reads it and sends what is in it: the server opens no
    /// path that somebody names to it, and the file may be where only the caller can read.
    /// </summary>
    public ImmutableArray<(string Option, bool IsSecret)> ReadFiles { get; init; } = [];

    /// <summary>The one of <see cref="Values"/> that names the file to be written, by the caller's side as well.</summary>
    public string? NewFile { get; init; }

    /// <summary>Does it run in the caller's process only, while no server has the data directory?</summary>
    public bool IsOffline { get; init; }

    /// <summary>Options whose secret file a setting of the caller's may name as well.</summary>
    public ImmutableArray<(string Option, string Setting)> FromSettings { get; init; } = [];

    /// <summary>What the person at the terminal is asked before.</summary>
    public ImmutableArray<CommandQuestion> Questions { get; init; } = [];

    /// <summary>How long it may take.</summary>
    public TimeSpan Time { get; init; } = UsualTime;

    /// <summary>May it run beside others? Nothing may have to wait for what takes long.</summary>
    public bool IsLong => Time > UsualTime;

    /// <summary>The name and what may follow it.</summary>
    public string Full => Usage.Length == 0 ? Name : $"{Name} {Usage}";
}

/// <summary>A question whose answer is a flag.</summary>
/// <param name="Text">The question; an empty answer is yes.</param>
/// <param name="Flag">The flag.</param>
/// <param name="AddsFlagOn">The answer that adds it.</param>
/// <param name="Unless">Another flag that answers the question.</param>
internal sealed record CommandQuestion(string Text, string Flag, bool AddsFlagOn, string Unless);
