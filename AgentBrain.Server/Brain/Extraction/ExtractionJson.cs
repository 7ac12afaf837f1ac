using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The JSON between parent and child.</summary>
[JsonSerializable(typeof(ExtractedDocument))]
[JsonSerializable(typeof(ConfinementCheck))]
internal sealed partial class ExtractionJson : JsonSerializerContext
{
    /// <summary>Escapes only what JSON demands: the text never reaches a browser in this form.</summary>
    public static ExtractionJson Compact { get; } =
        new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 8 });
}

/// <summary>What a confined child found it can still do; all false where the confinement works.</summary>
/// <param name="CanConnect">A TCP socket could be created.</param>
/// <param name="CanStartProcess">A process could be started.</param>
/// <param name="CanWriteFile">A file could be created.</param>
/// <param name="EnvironmentNames">The names of its environment variables.</param>
internal sealed record ConfinementCheck(bool CanConnect, bool CanStartProcess, bool CanWriteFile, string[] EnvironmentNames);
