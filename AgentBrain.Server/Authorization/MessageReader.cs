using System.Collections.Immutable;
using System.Text.Json;

namespace AgentBrain.Server.Authorization;

/// <summary>The gate's reader: from the bytes' JSON to the operation.</summary>
internal static class MessageReader
{
    /// <summary>Reads what decides about a message.</summary>
    /// <param name="root">The message; duplicate names were already refused.</param>
    /// <exception cref="OperationException">It is no JSON-RPC message, or an ambiguous one.</exception>
    public static Operation Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw OperationException.NotJsonRpc("The body must be one JSON object.");

        foreach (var property in root.EnumerateObject())
            MessageShape.RefuseOtherCase(NameOf(property), MessageShape.Message);

        if (Text(root, "jsonrpc") != "2.0")
            throw OperationException.NotJsonRpc("The member jsonrpc must be \"2.0\".");

        var hasId = root.TryGetProperty("id", out var id);
        if (hasId && id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
            throw OperationException.NotJsonRpc("The member id must be a string or a number.");

        if (!root.TryGetProperty("method", out _))
            return ReadResponse(root, hasId);

        if (root.TryGetProperty("result", out _) || root.TryGetProperty("error", out _))
            throw OperationException.NotJsonRpc("A message with a method cannot have a result or an error.");

        var method = Text(root, "method") ?? throw OperationException.NotJsonRpc("The member method must be a string.");
        return ReadParams(root, hasId ? MessageKind.Request : MessageKind.Notification, method);
    }

    private static Operation ReadResponse(JsonElement root, bool hasId) =>
        hasId && root.TryGetProperty("result", out _) != root.TryGetProperty("error", out _)
            ? new Operation(MessageKind.Response, "", null, [])
            : throw OperationException.NotJsonRpc("The message has no method, and is no response either.");

    private static Operation ReadParams(JsonElement root, MessageKind kind, string method)
    {
        var hasParams = root.TryGetProperty("params", out var parameters) && parameters.ValueKind != JsonValueKind.Null;
        if (hasParams && parameters.ValueKind is not JsonValueKind.Object)
            throw OperationException.NotJsonRpc("The member params must be an object.");

        if (hasParams)
        {
            foreach (var property in parameters.EnumerateObject())
                MessageShape.RefuseOtherCase(NameOf(property), MessageShape.Params);
        }

        var name = MessageShape.HasName(method) ? Required(parameters, hasParams, MessageShape.Name) : null;
        ImmutableArray<string> uris = [];
        if (MessageShape.HasUri(method))
            uris = [Required(parameters, hasParams, MessageShape.Uri)];
        else if (MessageShape.HasSubscriptions(method) && hasParams)
            uris = Subscriptions(parameters);

        return new Operation(kind, method, name, uris);
    }

    private static ImmutableArray<string> Subscriptions(JsonElement parameters)
    {
        if (!parameters.TryGetProperty("notifications", out var notifications))
            return [];

        if (notifications.ValueKind != JsonValueKind.Object)
            throw OperationException.BadParams("The parameter notifications must be an object.");

        foreach (var property in notifications.EnumerateObject())
            MessageShape.RefuseOtherCase(NameOf(property), MessageShape.Notifications);

        if (!notifications.TryGetProperty("resourceSubscriptions", out var subscriptions) || subscriptions.ValueKind == JsonValueKind.Null)
            return [];

        if (subscriptions.ValueKind != JsonValueKind.Array)
            throw OperationException.BadParams("The parameter resourceSubscriptions must be an array of strings.");

        return [.. subscriptions.EnumerateArray().Select(uri => AsText(uri) ?? throw OperationException.BadParams("The parameter resourceSubscriptions must be an array of strings."))];
    }

    private static string Required(JsonElement parameters, bool hasParams, string name) =>
        (hasParams ? Text(parameters, name) : null) ?? throw OperationException.BadParams($"The parameter {name} must be a string.");

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? AsText(value) : null;

    private static string? AsText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape: no text that two readers would agree about.
            return null;
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw OperationException.NotJsonRpc("A property name is no text.");
        }
    }
}
