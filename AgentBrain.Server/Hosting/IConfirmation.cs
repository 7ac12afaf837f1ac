namespace AgentBrain.Server.Hosting;

/// <summary>Asks a person yes or no.</summary>
internal interface IConfirmation
{
    /// <summary>Is there somebody to ask?</summary>
    bool IsPossible { get; }

    /// <summary>Asks; an empty answer is yes.</summary>
    bool Ask(string question);
}

/// <summary>Asks at the terminal that the program was started from.</summary>
internal sealed class ConsoleConfirmation : IConfirmation
{
    /// <inheritdoc/>
    public bool IsPossible => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public bool Ask(string question)
    {
        Console.Error.Write($"{question} [Y/n] ");
        return Console.ReadLine()?.Trim() is { } answer && (answer.Length == 0 || answer.StartsWith('y') || answer.StartsWith('Y'));
    }
}
