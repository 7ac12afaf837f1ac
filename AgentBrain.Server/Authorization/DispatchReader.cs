using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace AgentBrain.Server.Authorization;

/// <summary>The dispatch guard's reader: from the message that the SDK is about to run to the operation. It shares no parsing with the gate.</summary>
internal static class DispatchReader
{
    /// <summary>Reads what decides about a message.</summary>
    /// <exception cref="OperationException">The message is ambiguous, or its parameters are not what the method needs.</exception>
    public static Operation Read(JsonRpcMessage message) => message switch
    {
        JsonRpcRequest request => Read(MessageKind.Request, request.Method, request.Params),
        JsonRpcNotification notification => Read(MessageKind.Notification, notification.Method, notification.Params),
        _ => new Operation(MessageKind.Response, "", null, []),
    };

    private static Operation Read(MessageKind kind, string method, JsonNode? node)
    {
        var parameters = node as JsonObject;
        if (parameters is not null)
            RefuseOtherCase(parameters, MessageShape.Params);

        var name = MessageShape.HasName(method) ? Required(parameters, MessageShape.Name) : null;
        ImmutableArray<string> uris = [];
        if (MessageShape.HasUri(method))
            uris = [Required(parameters, MessageShape.Uri)];
        else if (MessageShape.HasSubscriptions(method))
            uris = Subscriptions(parameters?["notifications"] as JsonObject);

        return new Operation(kind, method, name, uris);
    }

    private static ImmutableArray<string> Subscriptions(JsonObject? notifications)
    {
        if (notifications is null)
            return [];

        RefuseOtherCase(notifications, MessageShape.Notifications);

        return notifications["resourceSubscriptions"] is JsonArray uris
            ? [.. uris.Select(uri => AsText(uri) ?? throw OperationException.BadParams("The parameter resourceSubscriptions must be an array of strings."))]
            : [];
    }

    private static void RefuseOtherCase(JsonObject parent, string[] known)
    {
        try
        {
            foreach (var (key, _) in parent)
                MessageShape.RefuseOtherCase(key, known);
        }
        catch (ArgumentException)
        {
            // The SDK's objects ignore case; with two names that differ in nothing else they cannot be enumerated at all.
            throw OperationException.Ambiguous();
        }
    }

    private static string Required(JsonObject? parameters, string name) =>
        AsText(parameters?[name]) ?? throw OperationException.BadParams($"The parameter {name} must be a string.");

    private static string? AsText(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.TryGetValue<string>(out var text) ? text : null;
}
