using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AgentBrain.Server.AuthorizationServer.Backups;

/// <summary>The first entry of an archive: where it comes from and what is in it.</summary>
/// <param name="Program">The version of the program that made it.</param>
/// <param name="MadeAt">When.</param>
/// <param name="Issuer">The issuer of the state.</param>
/// <param name="Epoch">The epoch of the state.</param>
/// <param name="Files">The entries that follow, in their order.</param>
internal sealed record BackupManifest(
    [property: JsonRequired] string Program,
    [property: JsonRequired] DateTimeOffset MadeAt,
    [property: JsonRequired] string Issuer,
    [property: JsonRequired] long Epoch,
    [property: JsonRequired] ImmutableArray<string> Files)
{
    /// <summary>The entry's name.</summary>
    public const string EntryName = "manifest.json";

    /// <summary>Most bytes of it.</summary>
    public const int MaxLength = 1024 * 1024;
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
