using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentBrain.OAuth.Clients;
using AgentBrain.OAuth.Tokens;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Endpoints.Tokens;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Clients that the owner adds on the machine, and the removal of all. Only those that were added may get tokens for themselves (SR-46).</summary>
internal sealed class ClientRegistration(
    AuthorityStore store, GrantStore grants, GrantMirror mirror, ClientDirectory directory, ClientDocuments documents, NewClientRules rules, AuthorizationServerSettings settings, ActivityLog activities, TimeProvider time)
{
    /// <summary>Adds a client.</summary>
    /// <param name="wanted">What it shall be.</param>
    /// <param name="cancellationToken">Ends it before it is begun.</param>
    /// <returns>The client, and its secret if it has one. Nobody can be told the secret a second time.</returns>
    /// <exception cref="CommandException">It cannot be as it is wanted.</exception>
    public async Task<AddedClient> AddAsync(NewClient wanted, CancellationToken cancellationToken)
    {
        rules.Check(wanted);
        var (keys, freshFor) = await ReadKeysAsync(wanted, cancellationToken);
        return await store.WriteAsync(context =>
        {
            var client = ClientRecord.Create(ClientIds.NewId(), ClientKind.Registered, time.GetUtcNow());
            client.OwnBrains = string.Join(' ', wanted.OwnBrains.Distinct(StringComparer.Ordinal));
            client.OwnScopes = wanted.OwnBrains.Length == 0 ? ScopeSet.None : NewClientRules.ScopesOf(wanted);
            client.Describe(wanted.Name, wanted.AuthenticationMethod, [.. wanted.RedirectUris], keys);
            client.ApplicationType = wanted.RedirectUris.Any(NewClientRules.IsOnUsersMachine) ? ApplicationTypes.Native : ApplicationTypes.Web;
            client.RequiresDpop = wanted.RequiresDpop;
            client.FreshUntil = freshFor is null ? null : client.CreatedAt + freshFor;
            client.Metadata = Metadata(wanted).ToJsonString();
            client.SetDigest(ClientMetadata.DigestOf(wanted.RedirectUris, wanted.AuthenticationMethod, wanted.JwksUri ?? keys));
            var secret = AuthenticationMethod.IsSecret(wanted.AuthenticationMethod) ? client.NewSecret() : null;
            context.Clients.Add(client);
            activities.Add(context, ActivityKinds.ClientRegistered, new ActivitySubject(client.ClientId, Detail: wanted.OwnBrains.Length == 0 ? "added on the machine" : $"added on the machine, acts by itself: {client.OwnScopes.ToScopeText()} on {client.OwnBrains}"));
            return Task.FromResult(new AddedClient(client, secret));
        }, cancellationToken);
    }

    /// <summary>Gives a client that was added a new secret.</summary>
    /// <param name="clientId">Which.</param>
    /// <param name="keepLast">Does the one that it has stay good beside the new one, until the next change? If not, the tokens that it got for itself end too.</param>
    /// <param name="cancellationToken">Ends it before it is begun.</param>
    /// <returns>The new secret.</returns>
    /// <exception cref="CommandException">There is no such client, or it has no secret.</exception>
    public async Task<string> RotateSecretAsync(string clientId, bool keepLast, CancellationToken cancellationToken)
    {
        var (secret, client, session) = await store.WriteAsync(async context =>
        {
            var client = await context.Clients.SingleOrDefaultAsync(row => row.ClientId == clientId && row.Kind == ClientKind.Registered, CancellationToken.None) ?? throw Unknown();
            if (!AuthenticationMethod.IsSecret(client.AuthenticationMethod))
                throw new CommandException($"The client authenticates by {client.AuthenticationMethod} and has no secret; remove it, and add it again with --auth client_secret_basic.");

            var session = ClientSubject.SessionOf(client);
            if (!keepLast)
                client.OwnSession++;

            client.SecondSecret = keepLast ? client.ClientSecret : null;
            client.ConcurrencyToken = Guid.NewGuid().ToString("N");
            activities.Add(context, ActivityKinds.ClientChanged, new ActivitySubject(clientId, Detail: keepLast ? "new secret" : "new secret, earlier ones dead"));
            return (client.NewSecret(), client, session);
        }, cancellationToken);
        if (!keepLast)
            await EndOwnTokensAsync(client, session, ActivityKinds.ClientChanged);

        return secret;
    }

    /// <summary>Removes a client of any kind, and all that it has. Its tokens are refused at once.</summary>
    /// <param name="clientId">Its <c>client_id</c>.</param>
    /// <param name="addressPrefix">Where the wish came from; <c>null</c> for the machine itself.</param>
    /// <param name="cancellationToken">Ends it before it is begun.</param>
    /// <returns>How many grants were revoked.</returns>
    /// <exception cref="CommandException">There is no such client.</exception>
    public async Task<int> RemoveAsync(string clientId, string? addressPrefix, CancellationToken cancellationToken)
    {
        var client = await directory.FindAsync(clientId, cancellationToken) ?? throw Unknown();

        // First what it has, then itself: were this interrupted, it could be done again.
        var revoked = await grants.RevokeClientAsync(clientId, ActivityKinds.ClientRemoved, addressPrefix);
        await EndOwnTokensAsync(client, ClientSubject.SessionOf(client), ActivityKinds.ClientRemoved);
        await store.WriteAsync(
            async context =>
            {
                await ClientCapacity.ForgetAsync(context, [clientId]);
                activities.Add(context, ActivityKinds.ClientRemoved, new ActivitySubject(clientId, AddressPrefix: addressPrefix, Detail: addressPrefix is null ? "removed on the machine" : "removed in the console"));
            },
            cancellationToken);
        return revoked;
    }

    /// <summary>
    /// Has the tokens refused that a client got by itself. They are of no grant, so one is written down that is revoked already: it is
    /// read again at the next start, while such tokens may live.
    /// </summary>
    private async Task EndOwnTokensAsync(ClientRecord client, string id, string reason)
    {
        if (client.OwnBrains.Length == 0)
            return;

        var now = time.GetUtcNow();
        await store.WriteAsync(async context =>
        {
            await context.Grants.Where(grant => grant.Id == id).ExecuteDeleteAsync();
            context.Grants.Add(new GrantRecord
            {
                Id = id, Subject = ClientSubject.Of(client.ClientId!), ClientId = client.ClientId!, MetadataDigest = client.MetadataDigest, Resource = "", CreatedAt = now, AuthenticatedAt = now,
                ExpiresAt = now + settings.GrantLifetime, RevokedAt = now, RevokedReason = reason,
            });
        });
        mirror.Publish([id], now);
    }

    private async Task<(string? Keys, TimeSpan? FreshFor)> ReadKeysAsync(NewClient wanted, CancellationToken cancellationToken)
    {
        if (wanted.AuthenticationMethod != AuthenticationMethod.PrivateKeyJwt)
            return default;

        if (wanted.JwksUri is not null)
        {
            var (fetched, freshFor, refusal) = await documents.FetchKeysAsync(wanted.JwksUri, cancellationToken);
            return fetched is null ? throw new CommandException(refusal!.Description!) : (fetched, freshFor);
        }

        if (!StrictJson.TryReadObject(Encoding.UTF8.GetBytes(wanted.Jwks!), out var json))
            throw new CommandException("The JSON Web Key Set is not one JSON object (RFC 7517 §5).");

        return (ClientKeys.Read(json, out var problem) ?? throw new CommandException($"The JSON Web Key Set {problem}; give the public keys."), null);
    }

    private static JsonObject Metadata(NewClient wanted)
    {
        string[] types = [.. wanted.RedirectUris.Length > 0 ? [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken] : Array.Empty<string>(), .. wanted.OwnBrains.Length > 0 ? [GrantTypes.ClientCredentials] : Array.Empty<string>()];
        return new JsonObject
        {
            ["client_name"] = wanted.Name,
            ["redirect_uris"] = JsonSerializer.SerializeToNode<string[]>([.. wanted.RedirectUris]),
            ["token_endpoint_auth_method"] = wanted.AuthenticationMethod,
            ["grant_types"] = JsonSerializer.SerializeToNode(types),
            ["jwks_uri"] = wanted.JwksUri,
            ["dpop_bound_access_tokens"] = wanted.RequiresDpop,
        };
    }

    private static CommandException Unknown() => new("There is no client of this id; clients list shows those that there are.");
}

/// <summary>A client that was added.</summary>
/// <param name="Client">The client.</param>
/// <param name="Secret">Its secret, told once; <c>null</c> when it has none.</param>
internal sealed record AddedClient(ClientRecord Client, string? Secret);
