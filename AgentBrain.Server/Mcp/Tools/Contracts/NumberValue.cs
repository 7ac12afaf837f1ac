using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>A number in a range.</summary>
internal sealed class NumberValue(double minimum, double maximum) : ArgumentValue
{
    /// <inheritdoc />
    public override string Rule => $"a number between {minimum} and {maximum}";

    /// <inheritdoc />
    public override object Read(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            throw WrongType(name, value);
        }

        return number >= minimum && number <= maximum
            ? number
            : throw ToolRefusedException.Argument("out_of_range", name, $"{name} must be between {minimum} and {maximum}; {Given.Value(value)} was given.");
    }

    /// <inheritdoc />
    public override JsonObject CreateSchema() => new() { ["type"] = "number", ["minimum"] = minimum, ["maximum"] = maximum };
}
