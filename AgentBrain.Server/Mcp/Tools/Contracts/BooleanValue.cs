using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Tools.Contracts;

/// <summary>True or false; or true alone, where a call must confirm what it does.</summary>
internal sealed class BooleanValue(bool mustBeTrue) : ArgumentValue
{
    /// <inheritdoc />
    public override string Rule => mustBeTrue ? "true, to confirm an act that cannot be undone" : "true or false";

    /// <inheritdoc />
    public override object Read(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False when !mustBeTrue => false,
        JsonValueKind.False => throw ToolRefusedException.Argument("not_confirmed", name, $"{name} must be {Rule}; false was given."),
        _ => throw WrongType(name, value),
    };

    /// <inheritdoc />
    public override JsonObject CreateSchema() => mustBeTrue ? new() { ["type"] = "boolean", ["const"] = true } : new() { ["type"] = "boolean" };
}
