using System.Collections.Immutable;
using System.Text.Json;

namespace AgentBrain.OAuth.Clients;

/// <summary>
/// Reads what clients say of themselves, when they register (RFC 7591) or in the document that their id is the URL of. Members that
/// are not known are ignored. Real clients write more than they use, so what is not offered here is left out rather than refused,
/// where a client can go on without it.
/// </summary>
public static class ClientMetadataReader
{
    private const string AuthorizationCode = "authorization_code";
    private const string RefreshToken = "refresh_token";
    private const string MethodMember = "token_endpoint_auth_method";
    private const string GrantTypesMember = "grant_types";

    /// <summary>Reads a registration. Keys must be in it: an address would make the server fetch what a stranger names.</summary>
    /// <param name="json">The body.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static ClientMetadata? ReadRegistration(JsonElement json, out MetadataProblem? problem)
    {
        problem = null;
        var metadata = Read(json, ref problem, (redirects, ref found) => MethodOfRegistration(json, redirects, ref found));
        if (metadata?.JwksUri is not null)
            problem ??= MetadataProblem.Of("jwks_uri", "is not fetched for clients that register themselves; send jwks");

        return problem is null ? metadata : null;
    }

    /// <summary>Reads a client id metadata document. It is for everybody to read, so no secret is in it or comes of it.</summary>
    /// <param name="json">The document.</param>
    /// <param name="clientId">The URL that it was fetched from, exactly.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static ClientMetadata? ReadDocument(JsonElement json, string clientId, out MetadataProblem? problem)
    {
        problem = null;
        if (!MetadataMembers.Has(json, "client_id", out var id) || id.ValueKind != JsonValueKind.String || !id.ValueEquals(clientId))
            problem = MetadataProblem.Of("client_id", "is not the URL that the document was fetched from");
        else if (Array.Find(["client_secret", "client_secret_expires_at"], name => json.TryGetProperty(name, out _)) is { } secret)
            problem = MetadataProblem.Of(secret, "has no place in a document that everybody can read");
        else if (MetadataMembers.Text(json, "client_name", ClientMetadata.MaxName, ref problem) is null)
            problem ??= MetadataProblem.Of("client_name", "is missing");

        var metadata = problem is null ? Read(json, ref problem, (_, ref found) => MethodOfDocument(json, ref found)) : null;
        return problem is null ? metadata : null;
    }

    private delegate string Method(ImmutableArray<RedirectUri> redirects, ref MetadataProblem? problem);

    private static ClientMetadata? Read(JsonElement json, ref MetadataProblem? problem, Method readMethod)
    {
        var redirects = Redirects(json, ref problem);
        var method = readMethod(redirects, ref problem);
        var (jwks, jwksUri) = method == AuthenticationMethod.PrivateKeyJwt ? Keys(json, ref problem) : default;
        var metadata = new ClientMetadata
        {
            RedirectUris = [.. redirects.Select(static uri => uri.Text)],
            AuthenticationMethod = method,
            GrantTypes = GrantTypes(json, ref problem),
            Name = MetadataMembers.Text(json, "client_name", ClientMetadata.MaxName, ref problem),
            IsNative = redirects.Any(static uri => uri.Kind != RedirectUriKind.Https),
            RequiresDpop = MetadataMembers.Flag(json, "dpop_bound_access_tokens", ref problem),
            Jwks = jwks,
            JwksUri = jwksUri,
            Texts = MetadataMembers.Kept(json, ref problem),
        };
        if (MetadataMembers.List(json, "response_types", ref problem) is { } types && !types.Contains("code"))
            problem ??= MetadataProblem.Of("response_types", "has not code in it, the one that is offered");

        return problem is null ? metadata : null;
    }

    /// <summary>Those that are acceptable. One that is not does not spoil the others; it is refused when it is used.</summary>
    private static ImmutableArray<RedirectUri> Redirects(JsonElement json, ref MetadataProblem? problem)
    {
        MetadataProblem? list = null;
        var texts = MetadataMembers.List(json, "redirect_uris", ref list);
        if (texts is not { Length: > 0 and <= ClientMetadata.MaxRedirectUris } given)
        {
            problem ??= new MetadataProblem(MetadataProblem.InvalidRedirectUri, $"redirect_uris is not a list of 1 to {ClientMetadata.MaxRedirectUris} URIs.");
            return [];
        }

        string? first = null;
        var read = ImmutableArray.CreateBuilder<RedirectUri>();
        foreach (var (place, text) in given.Index())
        {
            if (!RedirectUri.TryRead(text, out var uri, out var wrong))
                first ??= $"redirect_uris[{place}] {wrong}.";
            else if (!read.Contains(uri))
                read.Add(uri);
        }

        if (read.Count == 0)
            problem ??= new MetadataProblem(MetadataProblem.InvalidRedirectUri, first!);

        return read.DrainToImmutable();
    }

    /// <summary>
    /// Public unless it can keep a secret and asks for one. A program on the user's machine cannot, whatever it says; SDKs say
    /// <c>client_secret_post</c> for all alike.
    /// </summary>
    private static string MethodOfRegistration(JsonElement json, ImmutableArray<RedirectUri> redirects, ref MetadataProblem? problem)
    {
        var method = MetadataMembers.Text(json, MethodMember, ClientMetadata.MaxName, ref problem) ?? AuthenticationMethod.None;
        if (!AuthenticationMethod.IsKnown(method))
            problem ??= MetadataProblem.Of(MethodMember, "is none of none, client_secret_basic, client_secret_post and private_key_jwt");

        return AuthenticationMethod.IsSecret(method) && redirects.Any(static uri => uri.Kind != RedirectUriKind.Https) ? AuthenticationMethod.None : method;
    }

    /// <summary>
    /// Documents in use leave the method out and list those that they would do with; <c>none</c> among them is a public client. The
    /// default of RFC 7591 is a secret, which no document can have, so to leave out both means the same.
    /// </summary>
    private static string MethodOfDocument(JsonElement json, ref MetadataProblem? problem)
    {
        var method = MetadataMembers.Text(json, MethodMember, ClientMetadata.MaxName, ref problem);
        if (method is null)
        {
            var supported = MetadataMembers.List(json, "token_endpoint_auth_methods_supported", ref problem);
            if (supported is null || supported.Value.Contains(AuthenticationMethod.None))
                return AuthenticationMethod.None;

            method = supported.Value.Contains(AuthenticationMethod.PrivateKeyJwt) ? AuthenticationMethod.PrivateKeyJwt : "";
        }

        if (method is not (AuthenticationMethod.None or AuthenticationMethod.PrivateKeyJwt))
            problem ??= MetadataProblem.Of(MethodMember, "is neither none nor private_key_jwt, and a document has no secret");

        return method;
    }

    private static (string? Jwks, string? JwksUri) Keys(JsonElement json, ref MetadataProblem? problem)
    {
        var hasKeys = MetadataMembers.Has(json, "jwks", out var jwks);
        var address = MetadataMembers.Text(json, "jwks_uri", RedirectUri.MaxLength, ref problem);
        if (hasKeys == address is not null)
        {
            problem ??= MetadataProblem.Of("jwks", "or jwks_uri must be there with private_key_jwt, and not both");
            return default;
        }

        if (address is not null)
            return (null, address);

        var keys = ClientKeys.Read(jwks, out var wrong);
        if (wrong is not null)
            problem ??= MetadataProblem.Of("jwks", wrong);

        return (keys, null);
    }

    /// <summary>Those that are offered. A client that lists others as well can do without them.</summary>
    private static ImmutableArray<string> GrantTypes(JsonElement json, ref MetadataProblem? problem)
    {
        if (MetadataMembers.List(json, GrantTypesMember, ref problem) is not { } types)
            return [AuthorizationCode, RefreshToken];

        if (!types.Contains(AuthorizationCode))
            problem ??= MetadataProblem.Of(GrantTypesMember, "has not authorization_code in it; other clients are added on the machine");

        return types.Contains(RefreshToken) ? [AuthorizationCode, RefreshToken] : [AuthorizationCode];
    }
}
