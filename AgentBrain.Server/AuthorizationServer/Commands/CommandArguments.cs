using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>What a command was given.</summary>
internal sealed class CommandArguments
{
    private readonly CommandSyntax _syntax;
    private readonly Dictionary<string, List<string>> _options = new(StringComparer.Ordinal);

    private CommandArguments(CommandSyntax syntax) => _syntax = syntax;

    /// <summary>The argument without a name.</summary>
    public string? Operand { get; private set; }

    /// <summary>Reads what follows a command's name.</summary>
    /// <exception cref="ConfigurationException">It is not what the command takes; the message says what it takes.</exception>
    public static CommandArguments Parse(CommandSyntax syntax, IReadOnlyList<string> args)
    {
        var parsed = new CommandArguments(syntax);
        for (var i = 0; i < args.Count; i++)
        {
            if (syntax.Flags.Contains(args[i], StringComparer.Ordinal))
                parsed.Add(args[i], "", isList: false);
            else if (syntax.Values.Contains(args[i], StringComparer.Ordinal) || syntax.Lists.Contains(args[i], StringComparer.Ordinal))
                parsed.Add(args[i], i + 1 < args.Count ? args[++i] : "", syntax.Lists.Contains(args[i - 1], StringComparer.Ordinal));
            else
                parsed.TakeOperand(args[i]);
        }

        return parsed.Operand is not null || syntax.Operand is null || syntax.IsOperandOptional ? parsed : throw parsed.Wrong($"{syntax.Operand} is missing");
    }

    /// <summary>Is the option there?</summary>
    public bool Has(string flag) => _options.ContainsKey(flag);

    /// <summary>The value of an option; <c>null</c> when it is not there.</summary>
    public string? Value(string name) => _options.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>All values of an option.</summary>
    public IReadOnlyList<string> All(string name) => _options.TryGetValue(name, out var values) ? values : [];

    /// <summary>The value of an option that must be there.</summary>
    /// <exception cref="ConfigurationException">It is not.</exception>
    public string Require(string name) => Value(name) ?? throw Wrong($"{name} is missing");

    /// <summary>That the arguments do not go together.</summary>
    public ConfigurationException Wrong(string what) => new($"{what}; the command is: {_syntax.Full}");

    private void Add(string name, string value, bool isList)
    {
        if (value.Length == 0 && !_syntax.Flags.Contains(name, StringComparer.Ordinal))
            throw Wrong($"{name} needs a value");

        if (_options.TryGetValue(name, out var values) && !isList)
            throw Wrong($"{name} is there twice");

        if (values is null)
            _options.Add(name, [value]);
        else
            values.Add(value);
    }

    /// <summary>Random ids may begin with hyphens; what is small letters and hyphens alone is an option with a typing error.</summary>
    private static bool IsLikeOption(string arg) => arg.StartsWith("--", StringComparison.Ordinal) && arg.All(static character => char.IsAsciiLetterLower(character) || character == '-');

    private void TakeOperand(string arg)
    {
        if (arg.Length == 0 || _syntax.Operand is null || IsLikeOption(arg))
            throw Wrong($"There is no argument {LogText.Safe(arg)}");

        Operand = Operand is null ? arg : throw Wrong($"{_syntax.Operand} is there twice");
    }
}
