using System.Text.Json;

namespace AgentBrain.OAuth.Issuers;

/// <summary>Where an issuer says that its keys are.</summary>
internal static class IssuerMetadata
{
    /// <summary>
    /// Where its metadata can be, in the order in which they are tried: RFC 8414 §3.1, the same with the name of OpenID Connect
    /// (§5), and what OpenID Connect Discovery §4 itself says.
    /// </summary>
    public static IEnumerable<Uri> Addresses(string issuer)
    {
        var address = new Uri(issuer, UriKind.Absolute);
        var origin = address.GetLeftPart(UriPartial.Authority);
        var path = address.AbsolutePath.TrimEnd('/');
        string[] candidates =
        [
            $"{origin}/.well-known/oauth-authorization-server{path}",
            $"{origin}/.well-known/openid-configuration{path}",
            $"{origin}{path}/.well-known/openid-configuration",
        ];
        return candidates.Distinct(StringComparer.Ordinal).Select(candidate => new Uri(candidate, UriKind.Absolute));
    }

    /// <summary>Reads <c>jwks_uri</c> from metadata that really is this issuer's (RFC 8414 §3.3: identical, code point by code point).</summary>
    /// <returns>The address, or <c>null</c> with what is wrong.</returns>
    public static Uri? ReadJwksUri(JsonElement metadata, string issuer, out string? problem)
    {
        if (Text(metadata, "issuer") != issuer)
        {
            problem = "the metadata is another issuer's";
            return null;
        }

        var found = Uri.TryCreate(Text(metadata, "jwks_uri"), UriKind.Absolute, out var address) && IssuerHttp.IsAllowed(address) ? address : null;
        problem = found is null ? "the metadata has no jwks_uri with https" : null;
        return found;
    }

    private static string? Text(JsonElement metadata, string name) =>
        metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
