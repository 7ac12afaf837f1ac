using System.Text.Json.Serialization;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Indexing;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Brains;

/// <summary>The JSON that a brain stores in its own database.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FolderSettings))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobCounts))]
[JsonSerializable(typeof(ExtractedDocument))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class BrainJson : JsonSerializerContext;
