using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>Makes the output schema of a result record.</summary>
internal static class ResultSchema
{
    /// <summary>The schema of <typeparamref name="TResult"/>: required members required, no others allowed, descriptions from the record.</summary>
    public static JsonElement For<TResult>()
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        return JsonSerializer.SerializeToElement(ToolJson.Options.GetJsonSchemaAsNode(typeof(TResult), options));
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            // "true": any JSON value, which is what a folder's own metadata may hold.
            return new JsonObject();
        }

        if (node.ContainsKey("properties") && !node.ContainsKey("additionalProperties"))
        {
            node["additionalProperties"] = false;
        }

        if (context.PropertyInfo is { AttributeProvider: { } provider }
            && provider.GetCustomAttributes(typeof(DescriptionAttribute), false).FirstOrDefault() is DescriptionAttribute description)
        {
            node["description"] = description.Description;
        }

        // A value that is null is left out, so the schema need not allow null beside the type.
        if (node["type"] is JsonArray types && types.FirstOrDefault(type => type!.GetValue<string>() != "null") is { } only && types.Count == 2)
        {
            node["type"] = only.GetValue<string>();
        }

        return node;
    }
}
