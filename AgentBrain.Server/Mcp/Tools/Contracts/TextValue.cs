using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>A text of a length, counted in Unicode code points as JSON Schema does; or one of some words.</summary>
internal sealed class TextValue(int minLength, int maxLength, ImmutableArray<string> allowed) : ArgumentValue
{
    /// <inheritdoc />
    public override string Rule => !allowed.IsEmpty ? "one of " + string.Join(", ", allowed)
        : maxLength == int.MaxValue ? "a text"
        : $"a text of {minLength} to {maxLength} characters";

    /// <inheritdoc />
    public override object Read(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw WrongType(name, value);
        }

        var text = Decode(name, value);
        if (!allowed.IsEmpty)
        {
            return allowed.Contains(text, StringComparer.Ordinal)
                ? text
                : throw ToolRefusedException.Argument("not_one_of", name, $"{name} must be {Rule}; {Given.Text(text)} was given.");
        }

        var length = text.EnumerateRunes().Count();
        return length >= minLength && length <= maxLength
            ? text
            : throw ToolRefusedException.Argument("out_of_range", name, $"{name} must have {minLength} to {maxLength} characters; {length} were given.");
    }

    /// <inheritdoc />
    public override JsonObject CreateSchema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (!allowed.IsEmpty)
        {
            schema["enum"] = new JsonArray([.. allowed.Select(word => (JsonNode)word)]);
        }
        else if (maxLength != int.MaxValue)
        {
            schema["minLength"] = minLength;
            schema["maxLength"] = maxLength;
        }

        return schema;
    }

    private static string Decode(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half of a surrogate pair, which is no text.
            throw ToolRefusedException.Argument("wrong_type", name, $"{name} must be text in Unicode; half of a surrogate pair was given.");
        }
    }
}
