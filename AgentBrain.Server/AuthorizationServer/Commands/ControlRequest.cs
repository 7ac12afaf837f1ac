using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>What is asked of the server: one line of JSON.</summary>
/// <param name="Command">The command's name and what follows it.</param>
internal sealed record ControlRequest([property: JsonRequired] ImmutableArray<string> Command);

/// <summary>What it answers: one line of JSON.</summary>
internal sealed record ControlReply
{
    /// <summary>What the calling process returns: 0, or why not.</summary>
    [JsonRequired]
    public required int ExitCode { get; init; }

    /// <summary>For a person.</summary>
    public ImmutableArray<string> Lines { get; init; } = [];

    /// <summary>For a program.</summary>
    public JsonNode? Data { get; init; }

    /// <summary>A file in the data directory to be taken to where it was asked for.</summary>
    public string? File { get; init; }

    /// <summary>What is wrong, when <see cref="ExitCode"/> is not 0.</summary>
    public string? Error { get; init; }
}

/// <summary>How both are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
