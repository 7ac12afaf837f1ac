using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>One argument: its name, its rule in JSON Schema and in words, and the reading of its value.</summary>
internal sealed class ArgumentProperty
{
    private readonly PropertyInfo _property;
    private readonly object? _default;
    private readonly bool _nullable;
    private readonly ArgumentValue _value;

    /// <summary>Reads the rules of a property.</summary>
    public ArgumentProperty(PropertyInfo property, object? defaultValue)
    {
        _property = property;
        _default = defaultValue;
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        IsRequired = property.IsDefined(typeof(RequiredAttribute));
        _nullable = !IsRequired && defaultValue is null;
        _value = ArgumentValue.For(property);
    }

    /// <summary>The name that callers write.</summary>
    public string Name { get; }

    /// <summary>True if a call must have it.</summary>
    public bool IsRequired { get; }

    /// <summary>The rule in words: "it must be …".</summary>
    public string Rule => $"it must be {_value.Rule}";

    /// <summary>Puts a call's value into the record.</summary>
    /// <exception cref="ToolRefusedException">The value breaks the rule.</exception>
    public void Set(object arguments, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null && _nullable)
        {
            return;
        }

        _property.SetValue(arguments, _value.Read(Name, value));
    }

    /// <summary>The JSON Schema of the argument.</summary>
    public JsonObject CreateSchema()
    {
        var schema = _value.CreateSchema();
        if (_nullable)
        {
            schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");
        }

        if (_property.GetCustomAttribute<DescriptionAttribute>() is { } description)
        {
            schema["description"] = description.Description;
        }

        if (!IsRequired)
        {
            schema["default"] = JsonSerializer.SerializeToNode(_default, ToolJson.Options);
        }

        return schema;
    }
}
