using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Mcp.Subscriptions;

/// <summary>Tells whether a document changed in a way that is worth a notification.</summary>
internal static class ChangeFingerprint
{
    /// <summary>The fingerprint of a document. The order of its keys, and keys that change by themselves, do not matter.</summary>
    public static string Of(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(JsonNode.Parse(json))?.ToJsonString() ?? "null")));

    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members
            .Where(member => !IsVolatile(member.Key))
            .OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Canonical(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Canonical)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Keys that say when the document was made rather than what it is about.</summary>
    private static bool IsVolatile(string key) => key is "timestamp" or "updated_at" or "elapsed_ms" or "polled_at" or "last_polled" or "now" or "request_id";
}
