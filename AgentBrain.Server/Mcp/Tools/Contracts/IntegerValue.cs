using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>A whole number in a range.</summary>
internal sealed class IntegerValue(int minimum, int maximum) : ArgumentValue
{
    /// <inheritdoc />
    public override string Rule => "a whole number " + Range;

    private string Range => maximum == int.MaxValue ? $"of at least {minimum}" : $"between {minimum} and {maximum}";

    /// <inheritdoc />
    public override object Read(string name, JsonElement value)
    {
        // JSON Schema's integers are numbers without a fraction, so 10.0 is one.
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number) || Math.Floor(number) != number)
        {
            throw WrongType(name, value);
        }

        return number >= minimum && number <= maximum
            ? (int)number
            : throw ToolRefusedException.Argument("out_of_range", name, $"{name} must be {(maximum == int.MaxValue ? $"at least {minimum}" : Range)}; {Given.Value(value)} was given.");
    }

    /// <inheritdoc />
    public override JsonObject CreateSchema()
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = minimum };
        if (maximum != int.MaxValue)
        {
            schema["maximum"] = maximum;
        }

        return schema;
    }
}
