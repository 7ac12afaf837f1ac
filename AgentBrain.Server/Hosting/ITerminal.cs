namespace AgentBrain.Server.Hosting;

/// <summary>One line of a terminal that is written over and over.</summary>
internal interface ITerminal
{
    /// <summary>True if a person may be looking: output and errors both go to a terminal.</summary>
    bool IsWatched { get; }

    /// <summary>Its columns.</summary>
    int Width { get; }

    /// <summary>Replaces the line.</summary>
    void WriteLine(string text);

    /// <summary>Leaves the line as it is and goes to the next.</summary>
    void EndLine();
}

/// <summary>The terminal of this process.</summary>
internal sealed class ConsoleTerminal : ITerminal
{
    /// <inheritdoc />
    public bool IsWatched => !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    /// <inheritdoc />
    public int Width => Console.WindowWidth is var width and > 0 ? width : 80;

    /// <inheritdoc />
    public void WriteLine(string text) => Console.Error.Write($"\r\e[K{text}");

    /// <inheritdoc />
    public void EndLine() => Console.Error.WriteLine();
}

/// <summary>No terminal: over standard input and output a client reads what would be written.</summary>
internal sealed class NoTerminal : ITerminal
{
    /// <inheritdoc />
    public bool IsWatched => false;

    /// <inheritdoc />
    public int Width => 0;

    /// <inheritdoc />
    public void WriteLine(string text) => throw new InvalidOperationException("Nobody watches.");

    /// <inheritdoc />
    public void EndLine() => throw new InvalidOperationException("Nobody watches.");
}
