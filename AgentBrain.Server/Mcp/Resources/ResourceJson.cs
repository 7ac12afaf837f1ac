using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentBrain.Server.Mcp.Tools;

namespace AgentBrain.Server.Mcp.Resources;

/// <summary>The JSON of resources.</summary>
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(ProvidersDocument))]
[JsonSerializable(typeof(FoldersDocument))]
[JsonSerializable(typeof(ChunkDocument))]
[JsonSerializable(typeof(JobResult))]
internal sealed partial class ResourceJson : JsonSerializerContext
{
    /// <summary>Snake case, and text as it is, not as escapes: the document is itself a JSON string on the wire, never part of a page.</summary>
    public static ResourceJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
