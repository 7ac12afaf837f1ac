using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>A list of texts, none of them empty; or of some words.</summary>
internal sealed class TextListValue(int minCount, int maxCount, int maxItemLength, ImmutableArray<string> allowed) : ArgumentValue
{
    /// <summary>The longest item where nothing else is said: the longest path.</summary>
    public const int LongestPath = 4096;

    private readonly TextValue _item = new(1, maxItemLength, allowed);

    /// <inheritdoc />
    public override string Rule => allowed.IsEmpty ? $"a list of {minCount} to {maxCount} texts" : "a list of words, each " + _item.Rule;

    /// <inheritdoc />
    public override object Read(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw WrongType(name, value);
        }

        var count = value.GetArrayLength();
        if (count < minCount || count > maxCount)
        {
            throw ToolRefusedException.Argument("out_of_range", name, $"{name} must have {minCount} to {maxCount} items; {count} were given.");
        }

        return value.EnumerateArray().Select((item, index) => (string)_item.Read($"{name}[{index}]", item)).ToImmutableArray();
    }

    /// <inheritdoc />
    public override JsonObject CreateSchema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = _item.CreateSchema(), ["maxItems"] = maxCount };
        if (minCount > 0)
        {
            schema["minItems"] = minCount;
        }

        return schema;
    }
}
