using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>What a tool takes: the input schema and the strict reading of a call's arguments, both from the same record.</summary>
/// <typeparam name="TArguments">A record whose initial values are the defaults and whose attributes are the rules.</typeparam>
internal sealed class ArgumentContract<TArguments>
    where TArguments : class, new()
{
    private readonly string _tool;
    private readonly Dictionary<string, ArgumentProperty> _properties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefusedArgumentAttribute> _refused;

    /// <summary>Reads the record's rules.</summary>
    /// <param name="tool">The tool's name, for its refusals.</param>
    public ArgumentContract(string tool)
    {
        _tool = tool;
        var defaults = new TArguments();
        foreach (var property in typeof(TArguments).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var argument = new ArgumentProperty(property, property.GetValue(defaults));
            _properties.Add(argument.Name, argument);
        }

        _refused = typeof(TArguments).GetCustomAttributes<RefusedArgumentAttribute>().ToDictionary(refused => refused.Name, StringComparer.Ordinal);
        Schema = JsonSerializer.SerializeToElement(CreateSchema());
    }

    /// <summary>The input schema.</summary>
    public JsonElement Schema { get; }

    /// <summary>Reads the arguments of a call.</summary>
    /// <exception cref="ToolRefusedException">An argument is unknown, missing, of another type or out of its range; the message names it.</exception>
    public TArguments Read(IEnumerable<KeyValuePair<string, JsonElement>>? given)
    {
        var arguments = new TArguments();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in given ?? [])
        {
            if (!_properties.TryGetValue(name, out var property))
            {
                if (value.ValueKind == JsonValueKind.False && _refused.TryGetValue(name, out var refused) && refused.TakesFalse)
                {
                    continue;
                }

                throw Unknown(name);
            }

            seen.Add(name);
            property.Set(arguments, value);
        }

        if (_properties.Values.FirstOrDefault(property => property.IsRequired && !seen.Contains(property.Name)) is { } missing)
        {
            throw ToolRefusedException.Argument("missing_argument", missing.Name, $"{missing.Name} is missing: {missing.Rule}.");
        }

        return arguments;
    }

    private ToolRefusedException Unknown(string name)
    {
        if (_refused.TryGetValue(name, out var refused))
        {
            return ToolRefusedException.Argument("argument_not_supported", name, $"{name} {refused.Because}");
        }

        var known = _properties.Count == 0 ? "It takes none" : $"It takes {string.Join(", ", _properties.Keys)}";
        return ToolRefusedException.Argument("unknown_argument", Given.Name(name), $"{_tool} has no argument {Given.Text(name)}. {known}.");
    }

    private JsonObject CreateSchema()
    {
        var properties = new JsonObject();
        foreach (var property in _properties.Values)
        {
            properties[property.Name] = property.CreateSchema();
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = _properties.Values.Where(property => property.IsRequired).Select(property => (JsonNode)property.Name).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }
}
