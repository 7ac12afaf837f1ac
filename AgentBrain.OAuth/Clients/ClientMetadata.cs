using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentBrain.OAuth.Clients;

/// <summary>A client's metadata (RFC 7591 §2) as it counts here: judged, bounded, and without what nobody reads.</summary>
public sealed record ClientMetadata
{
    /// <summary>Most redirect URIs.</summary>
    public const int MaxRedirectUris = 10;

    /// <summary>Most characters of a name.</summary>
    public const int MaxName = 200;

    /// <summary>The redirect URIs that are acceptable, one at least.</summary>
    public required ImmutableArray<string> RedirectUris { get; init; }

    /// <summary>How it authenticates, one of <see cref="Clients.AuthenticationMethod"/>.</summary>
    public required string AuthenticationMethod { get; init; }

    /// <summary>Those of the grant types that it asked for and that are offered; <c>authorization_code</c> is one.</summary>
    public required ImmutableArray<string> GrantTypes { get; init; }

    /// <summary>What it calls itself; untrusted text.</summary>
    public string? Name { get; init; }

    /// <summary>Does it run on the user's machine (<c>application_type</c>)?</summary>
    public required bool IsNative { get; init; }

    /// <summary>Must all of its tokens be bound to a key (RFC 9449 §5.2)?</summary>
    public bool RequiresDpop { get; init; }

    /// <summary>Its public keys, in the one form that they have here; only with <c>private_key_jwt</c>.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where its public keys are; only with <c>private_key_jwt</c>.</summary>
    public string? JwksUri { get; init; }

    /// <summary>Texts that are kept and told again: addresses of pages, software id and version, the scope that it wrote down (which limits nothing).</summary>
    public ImmutableSortedDictionary<string, string> Texts { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// What makes the client the one that was agreed to: where answers go and who can redeem them. When it changes, consent and tokens
    /// end. Keys behind an address count as the address; who holds that may change them.
    /// </summary>
    public string Digest => DigestOf(RedirectUris, AuthenticationMethod, Jwks ?? JwksUri);

    /// <summary>The digest of redirect URIs in any order, a method, and keys or their address.</summary>
    public static string DigestOf(IEnumerable<string> redirectUris, string method, string? keys)
    {
        // No part can have a line feed in it, so no two sets of parts have the same text.
        var text = string.Join('\n', ["v1", method, keys ?? "", .. redirectUris.Order(StringComparer.Ordinal)]);
        return Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The metadata as it is answered (RFC 7591 §3.2.1).</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["redirect_uris"] = new JsonArray([.. RedirectUris.Select(static uri => (JsonNode)uri)]),
            ["token_endpoint_auth_method"] = AuthenticationMethod,
            ["grant_types"] = new JsonArray([.. GrantTypes.Select(static type => (JsonNode)type)]),
            ["response_types"] = new JsonArray("code"),
            ["application_type"] = IsNative ? "native" : "web",
            ["dpop_bound_access_tokens"] = RequiresDpop,
        };
        if (Name is not null)
            json["client_name"] = Name;

        if (Jwks is not null)
            json["jwks"] = JsonNode.Parse(Jwks);

        if (JwksUri is not null)
            json["jwks_uri"] = JwksUri;

        foreach (var (name, text) in Texts)
            json[name] = text;

        return json;
    }
}
