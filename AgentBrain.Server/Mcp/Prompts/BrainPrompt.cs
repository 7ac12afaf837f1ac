using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Mcp.Prompts;

/// <summary>A prompt: one message of the user that sends the model to the tools. Unknown and missing arguments are refused.</summary>
internal abstract class BrainPrompt : McpServerPrompt
{
    private const int MaxLength = 1000;
    private readonly PromptDefinition _definition;

    /// <summary>Describes the prompt.</summary>
    protected BrainPrompt(PromptDefinition definition)
    {
        _definition = definition;
        ProtocolPrompt = new Prompt
        {
            Name = definition.Name,
            Title = definition.Title,
            Description = definition.Description,
            Arguments = [.. definition.Arguments.Select(argument => new PromptArgument
            {
                Name = argument.Name,
                Description = argument.Description,
                Required = argument.IsRequired,
            })],
        };
    }

    /// <inheritdoc />
    public sealed override Prompt ProtocolPrompt { get; }

    /// <inheritdoc />
    public sealed override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc />
    public sealed override ValueTask<GetPromptResult> GetAsync(RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken = default)
    {
        var text = Write(Read(request.Params?.Arguments));
        return new(new GetPromptResult
        {
            Description = _definition.Description,
            Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = text } }],
        });
    }

    /// <summary>Writes the message. Required arguments are there; others that were not given are not.</summary>
    protected abstract string Write(IReadOnlyDictionary<string, string> arguments);

    /// <summary>A text as the value of a tool's argument: a JSON string, so that it cannot break out of its place.</summary>
    protected static string Quote(string text) => JsonSerializer.Serialize(text, Tools.Contracts.ToolJson.Options);

    private Dictionary<string, string> Read(IDictionary<string, JsonElement>? given)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given ?? new Dictionary<string, JsonElement>())
        {
            if (_definition.Arguments.All(argument => argument.Name != name))
            {
                throw Invalid($"{_definition.Name} has no argument {Tools.Contracts.Given.Text(name)}.{Known()}");
            }

            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: <= MaxLength } text)
            {
                throw Invalid($"{name} must be a text of at most {MaxLength} characters.");
            }

            if (text.Trim().Length > 0)
            {
                arguments.Add(name, text.Trim());
            }
        }

        return _definition.Arguments.FirstOrDefault(argument => argument.IsRequired && !arguments.ContainsKey(argument.Name)) is { } missing
            ? throw Invalid($"{missing.Name} is missing: {missing.Description}")
            : arguments;
    }

    private string Known() => _definition.Arguments.IsEmpty ? " It takes none." : $" It takes {string.Join(", ", _definition.Arguments.Select(argument => argument.Name))}.";

    private static McpProtocolException Invalid(string message) => new(message, McpErrorCode.InvalidParams);
}
