using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentBrain.Server.Configuration.OAuth;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Metadata;

/// <summary>
/// What the authorization server says of itself (RFC 8414 §2). OpenIddict would write the issuer with a slash, the endpoints after the
/// <c>Host</c> header, and no method for public clients; ours is made of settings alone. Everything whose absence has a meaning is there.
/// </summary>
internal sealed record ServerMetadata
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public required string AuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("registration_endpoint")]
    public string? RegistrationEndpoint { get; init; }

    [JsonPropertyName("pushed_authorization_request_endpoint")]
    public required string PushedAuthorizationEndpoint { get; init; }

    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationEndpoint { get; init; }

    [JsonPropertyName("introspection_endpoint")]
    public required string IntrospectionEndpoint { get; init; }

    /// <summary>Some clients ask for all of these, and what removes things is not to be had by asking for everything.</summary>
    [JsonPropertyName("scopes_supported")]
    public ImmutableArray<string> Scopes { get; init; } = [.. (ScopeSet.All & ~ScopeSet.Admin).ToScopeText().Split(' ')];

    [JsonPropertyName("response_types_supported")]
    public ImmutableArray<string> ResponseTypes { get; init; } = [OpenIddict.Abstractions.OpenIddictConstants.ResponseTypes.Code];

    [JsonPropertyName("response_modes_supported")]
    public ImmutableArray<string> ResponseModes { get; init; } = [OpenIddict.Abstractions.OpenIddictConstants.ResponseModes.Query];

    [JsonPropertyName("grant_types_supported")]
    public ImmutableArray<string> GrantTypes { get; init; } =
        [OpenIddict.Abstractions.OpenIddictConstants.GrantTypes.AuthorizationCode, OpenIddict.Abstractions.OpenIddictConstants.GrantTypes.RefreshToken, OpenIddict.Abstractions.OpenIddictConstants.GrantTypes.ClientCredentials];

    [JsonPropertyName("code_challenge_methods_supported")]
    public ImmutableArray<string> CodeChallengeMethods { get; init; } = [OpenIddict.Abstractions.OpenIddictConstants.CodeChallengeMethods.Sha256];

    /// <summary>
    /// The secret in the body comes first: some clients take the first one, whatever they have, and who has no secret then sends an
    /// empty one, which counts as none (RFC 6749 §3.2).
    /// </summary>
    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public ImmutableArray<string> TokenEndpointMethods { get; init; } = [.. Confidential, ClientAuthenticationMethods.None];

    [JsonPropertyName("token_endpoint_auth_signing_alg_values_supported")]
    public ImmutableArray<string> TokenEndpointAlgorithms { get; init; } = OAuth.Assertions.ClientAssertionRules.Algorithms;

    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public ImmutableArray<string> RevocationMethods { get; init; } = [.. Confidential, ClientAuthenticationMethods.None];

    [JsonPropertyName("revocation_endpoint_auth_signing_alg_values_supported")]
    public ImmutableArray<string> RevocationAlgorithms { get; init; } = OAuth.Assertions.ClientAssertionRules.Algorithms;

    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public ImmutableArray<string> IntrospectionMethods { get; init; } = Confidential;

    [JsonPropertyName("introspection_endpoint_auth_signing_alg_values_supported")]
    public ImmutableArray<string> IntrospectionAlgorithms { get; init; } = OAuth.Assertions.ClientAssertionRules.Algorithms;

    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public ImmutableArray<string>? DpopAlgorithms { get; init; }

    [JsonPropertyName("client_id_metadata_document_supported")]
    public required bool TakesClientDocuments { get; init; }

    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool WritesIssuer { get; init; } = true;

    [JsonPropertyName("require_pushed_authorization_requests")]
    public bool RequiresPushedRequests { get; init; }

    [JsonPropertyName("request_parameter_supported")]
    public bool TakesRequestObjects { get; init; }

    [JsonPropertyName("request_uri_parameter_supported")]
    public bool TakesRequestUris { get; init; }

    /// <summary>Required by OpenID Connect Discovery, though nobody gets an ID token here; left out of the other document.</summary>
    [JsonPropertyName("subject_types_supported")]
    public ImmutableArray<string>? SubjectTypes { get; init; }

    /// <inheritdoc cref="SubjectTypes"/>
    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public ImmutableArray<string>? IdTokenAlgorithms { get; init; }

    private static ImmutableArray<string> Confidential => [ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethods.PrivateKeyJwt];

    /// <summary>The metadata that follows from the settings.</summary>
    public static ServerMetadata For(AuthorizationServerSettings settings, OAuthSettings oauth) => new()
    {
        Issuer = settings.Issuer,
        AuthorizationEndpoint = settings.Issuer + EndpointPaths.Authorize,
        TokenEndpoint = settings.Issuer + EndpointPaths.Token,
        JwksUri = settings.Issuer + EndpointPaths.Jwks,
        RegistrationEndpoint = settings.Registration == RegistrationPolicy.Off ? null : settings.Issuer + EndpointPaths.Registration,
        PushedAuthorizationEndpoint = settings.Issuer + EndpointPaths.PushedAuthorization,
        RevocationEndpoint = settings.Issuer + EndpointPaths.Revocation,
        IntrospectionEndpoint = settings.Issuer + EndpointPaths.Introspection,
        DpopAlgorithms = ServerProofs.AreOffered(oauth) ? oauth.Proofs.Algorithms : null,
        TakesClientDocuments = settings.Registration != RegistrationPolicy.Off,
    };

    /// <summary>The same, with what OpenID Connect Discovery asks for (§3).</summary>
    public ServerMetadata ForOpenId() => this with { SubjectTypes = ["public"], IdTokenAlgorithms = [Algorithms.EcdsaSha256] };

    /// <summary>The document, in UTF-8.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, ServerMetadataJson.Default.ServerMetadata);
}

/// <summary>How the document is written.</summary>
[JsonSourceGenerationOptions(WriteIndented = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerMetadata))]
internal sealed partial class ServerMetadataJson : JsonSerializerContext;
