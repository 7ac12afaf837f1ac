using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentBrain.OAuth.Dpop;

namespace AgentBrain.OAuth.Resources;

/// <summary>The metadata of a protected resource (RFC 9728 §2). Members that would be empty are left out (§3.2).</summary>
public sealed record ProtectedResourceMetadata
{
    /// <summary>The resource's URI, identical to the one that clients ask with (§3.3).</summary>
    [JsonPropertyName("resource")]
    public required string Resource { get; init; }

    /// <summary>Issuers of the tokens that it takes.</summary>
    [JsonPropertyName("authorization_servers")]
    public required ImmutableArray<string> AuthorizationServers { get; init; }

    /// <summary>
    /// What a client needs to begin with. Some clients ask for all that stands here, so what changes or removes something is left to
    /// the challenge of the call that needs it.
    /// </summary>
    [JsonPropertyName("scopes_supported")]
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Tokens come in the header and nowhere else.</summary>
    [JsonPropertyName("bearer_methods_supported")]
    public ImmutableArray<string> BearerMethods { get; init; } = ["header"];

    /// <summary>A name for people.</summary>
    [JsonPropertyName("resource_name")]
    public required string Name { get; init; }

    /// <summary>Algorithms of proofs (RFC 9449 §10.2, registered by RFC 9728).</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? DpopAlgorithms { get; init; }

    /// <summary>True where unbound tokens are refused.</summary>
    [JsonPropertyName("dpop_bound_access_tokens_required")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DpopRequired { get; init; }

    /// <summary>The metadata of a brain.</summary>
    /// <param name="resource">The brain's resource.</param>
    /// <param name="issuers">The issuers whose tokens it takes; at least one.</param>
    /// <param name="mode">Whether it takes bound tokens.</param>
    /// <param name="algorithms">The algorithms that proofs may have.</param>
    public static ProtectedResourceMetadata For(ProtectedResource resource, IEnumerable<string> issuers, DpopMode mode, ImmutableArray<string> algorithms) => new()
    {
        Resource = resource.Uri,
        AuthorizationServers = [.. issuers],
        Scopes = [ScopeSet.Read.ToScopeText()],
        Name = resource.Brain == ResourceMap.DefaultBrain ? "Agent Brain" : $"Agent Brain: {resource.Brain}",
        DpopAlgorithms = mode == DpopMode.Off ? null : algorithms,
        DpopRequired = mode == DpopMode.Required,
    };

    /// <summary>The document, in UTF-8.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, DocumentJson.Default.ProtectedResourceMetadata);
}

/// <summary>How metadata is written.</summary>
[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(ProtectedResourceMetadata))]
internal sealed partial class DocumentJson : JsonSerializerContext;
