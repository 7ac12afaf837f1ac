using System.Text.Json;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Storage;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>How a client's metadata is kept: in the columns that OpenIddict reads, and in ours.</summary>
internal static class ClientForm
{
    // What OpenIddict asks about each client. Scopes and resources are judged for all alike; what a client registered is no limit.
    private static readonly string[] Common =
        [Permissions.Endpoints.Token, Permissions.Endpoints.Revocation];

    private static readonly string[] ForCodes =
        [Permissions.Endpoints.Authorization, Permissions.Endpoints.PushedAuthorization, Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code];

    private static readonly string[] ForItself = [Permissions.GrantTypes.ClientCredentials];

    extension(ClientRecord client)
    {
        /// <summary>A client with an id, of which nothing is known yet.</summary>
        public static ClientRecord Create(string clientId, ClientKind kind, DateTimeOffset now) => new()
        {
            ClientId = clientId,
            ClientIdDigest = ClientIds.Digest(clientId),
            Kind = kind,
            CreatedAt = now,
        };

        /// <summary>Takes metadata over.</summary>
        /// <param name="metadata">The metadata.</param>
        /// <param name="keys">Keys that were fetched from where it says.</param>
        /// <returns>Is it another client now than the one that was agreed to?</returns>
        public bool Apply(ClientMetadata metadata, string? keys = null)
        {
            client.Describe(metadata.Name, metadata.AuthenticationMethod, [.. metadata.RedirectUris], metadata.Jwks ?? keys);
            client.ApplicationType = metadata.IsNative ? ApplicationTypes.Native : ApplicationTypes.Web;
            client.RequiresDpop = metadata.RequiresDpop;
            client.Metadata = metadata.ToJson().ToJsonString();
            return client.SetDigest(metadata.Digest);
        }

        /// <summary>Takes over what the owner says of a client.</summary>
        public void Describe(string? name, string method, string[] redirectUris, string? keys)
        {
            client.DisplayName = name;
            client.AuthenticationMethod = method;
            client.ClientType = method == AuthenticationMethod.None ? ClientTypes.Public : ClientTypes.Confidential;
            client.ConsentType = ConsentTypes.Explicit;
            client.RedirectUris = JsonSerializer.Serialize(redirectUris);
            client.JsonWebKeySet = keys;
            client.Requirements = JsonSerializer.Serialize<string[]>([Requirements.Features.ProofKeyForCodeExchange]);
            client.Permissions = JsonSerializer.Serialize(PermissionsOf(client, redirectUris.Length > 0));
            client.ConcurrencyToken = Guid.NewGuid().ToString("N");
            if (!AuthenticationMethod.IsSecret(method))
                (client.ClientSecret, client.SecondSecret) = (null, null);
        }

        /// <summary>Sets the digest; true when there was another.</summary>
        public bool SetDigest(string digest)
        {
            var before = client.MetadataDigest;
            client.MetadataDigest = digest;
            return before.Length > 0 && !string.Equals(before, digest, StringComparison.Ordinal);
        }

        /// <summary>Gives it a secret, and keeps none but the digest.</summary>
        public string NewSecret()
        {
            var secret = ClientIds.NewSecret();
            client.ClientSecret = ClientIds.Digest(secret);
            return secret;
        }

        /// <summary>The redirect URIs.</summary>
        public string[] ReadRedirectUris() => client.RedirectUris is { } json ? JsonSerializer.Deserialize<string[]>(json) ?? [] : [];
    }

    private static string[] PermissionsOf(ClientRecord client, bool hasRedirects)
    {
        var isOwners = client.Kind == ClientKind.Registered;
        return
        [
            .. Common,
            .. hasRedirects ? ForCodes : [],
            .. isOwners && client.OwnBrains.Length > 0 && client.ClientType == ClientTypes.Confidential ? ForItself : [],
            .. isOwners && client.ClientType == ClientTypes.Confidential ? [Permissions.Endpoints.Introspection] : Array.Empty<string>(),
        ];
    }
}
