using System.Text.Json;

namespace AgentBrain.Server.Tests.Mcp;

/// <summary>Checks a value against the part of JSON Schema that the server uses; a keyword it does not know fails the test.</summary>
internal static class SchemaCheck
{
    private static readonly HashSet<string> Annotations = ["description", "default", "title", "format", "$schema"];

    public static IReadOnlyList<string> Errors(JsonElement schema, JsonElement value, string at = "$")
    {
        var errors = new List<string>();
        foreach (var keyword in schema.EnumerateObject())
        {
            Check(keyword, schema, value, at, errors);
        }

        return errors;
    }

    private static void Check(JsonProperty keyword, JsonElement schema, JsonElement value, string at, List<string> errors)
    {
        var rule = keyword.Value;
        var ok = keyword.Name switch
        {
            "type" => rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => Is(type.GetString()!, value)) : Is(rule.GetString()!, value),
            "enum" => rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)),
            "const" => JsonElement.DeepEquals(rule, value),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.GetDouble(),
            "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= rule.GetInt32(),
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= rule.GetInt32(),
            "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32(),
            "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32(),
            "required" => value.ValueKind != JsonValueKind.Object || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "properties" => Members(rule, value, at, errors),
            "additionalProperties" => Others(rule, schema, value, at, errors),
            "items" => Items(rule, value, at, errors),
            _ => Annotations.Contains(keyword.Name),
        };
        if (!ok)
        {
            errors.Add($"{at}: {keyword.Name} {rule} is not met by {value}");
        }
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && Math.Floor(value.GetDouble()) == value.GetDouble(),
        "number" => value.ValueKind == JsonValueKind.Number,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };

    private static bool Members(JsonElement rule, JsonElement value, string at, List<string> errors)
    {
        foreach (var member in rule.EnumerateObject())
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member.Name, out var given))
            {
                errors.AddRange(Errors(member.Value, given, $"{at}.{member.Name}"));
            }
        }

        return true;
    }

    private static bool Others(JsonElement rule, JsonElement schema, JsonElement value, string at, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(member => member.Name).ToHashSet() : [];
        var others = value.EnumerateObject().Where(member => !known.Contains(member.Name)).ToList();
        if (rule.ValueKind == JsonValueKind.Object)
        {
            errors.AddRange(others.SelectMany(member => Errors(rule, member.Value, $"{at}.{member.Name}")));
            return true;
        }

        return rule.ValueKind == JsonValueKind.True || others.Count == 0;
    }

    private static bool Items(JsonElement rule, JsonElement value, string at, List<string> errors)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            errors.AddRange(value.EnumerateArray().SelectMany((item, index) => Errors(rule, item, $"{at}[{index}]")));
        }

        return true;
    }
}
