using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>The values an argument may have.</summary>
internal abstract class ArgumentValue
{
    /// <summary>The rule in words, to follow "must be".</summary>
    public abstract string Rule { get; }

    /// <summary>The values that a property's type and attributes allow.</summary>
    public static ArgumentValue For(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var range = property.GetCustomAttribute<RangeAttribute>();
        if (type == typeof(int))
        {
            return new IntegerValue((int?)range?.Minimum ?? int.MinValue, (int?)range?.Maximum ?? int.MaxValue);
        }

        if (type == typeof(double))
        {
            return new NumberValue((double?)range?.Minimum ?? double.MinValue, (double?)range?.Maximum ?? double.MaxValue);
        }

        var length = property.GetCustomAttribute<LengthAttribute>();
        var allowed = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values;
        if (type == typeof(bool))
        {
            return new BooleanValue(mustBeTrue: allowed is [true]);
        }

        var (minimum, maximum) = (length?.MinimumLength ?? 0, length?.MaximumLength ?? int.MaxValue);
        ImmutableArray<string> words = [.. allowed?.Cast<string>() ?? []];
        return type == typeof(string)
            ? new TextValue(minimum, maximum, words)
            : new TextListValue(minimum, maximum, property.GetCustomAttribute<ItemLengthAttribute>()?.Maximum ?? TextListValue.LongestPath, words);
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="ToolRefusedException">It breaks the rule; the message names the argument, the rule and what was given.</exception>
    public abstract object Read(string name, JsonElement value);

    /// <summary>The JSON Schema.</summary>
    public abstract JsonObject CreateSchema();

    /// <summary>The refusal of a value of another JSON type.</summary>
    protected ToolRefusedException WrongType(string name, JsonElement value) =>
        ToolRefusedException.Argument("wrong_type", name, $"{name} must be {Rule}; {Given.Value(value)} was given.");
}
