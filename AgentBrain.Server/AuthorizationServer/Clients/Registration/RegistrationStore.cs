using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>Keeps clients that register themselves.</summary>
internal sealed class RegistrationStore(AuthorityStore store, GrantStore grants, ActivityLog activities, RegistrationLimits limits, TimeProvider time)
{
    /// <summary>Adds a client; the oldest that nobody agreed to goes when there are too many.</summary>
    public Task<RegisteredClient> AddAsync(ClientMetadata metadata, string? addressPrefix) => store.WriteAsync(async context =>
    {
        await ClientCapacity.MakeRoomAsync(context);
        var client = ClientRecord.Create(ClientIds.NewId(), ClientKind.Dynamic, time.GetUtcNow());
        client.Apply(metadata);
        context.Clients.Add(client);
        if (limits.TakeRow())
            activities.Add(context, ActivityKinds.ClientRegistered, new ActivitySubject(client.ClientId, AddressPrefix: addressPrefix, Detail: metadata.Name));

        return Renew(client, AuthenticationMethod.IsSecret(metadata.AuthenticationMethod) ? client.NewSecret() : null);
    });

    /// <summary>The client that a registration access token is for; <c>null</c> when there is none, or it is another's.</summary>
    public Task<ClientRecord?> FindAsync(string clientId, string accessToken, CancellationToken cancellationToken) =>
        store.ReadAsync(async context => Matching(await FindAsync(context, clientId), accessToken), cancellationToken);

    /// <summary>
    /// Replaces a client's metadata, and its registration access token. Where answers go, how it authenticates and its keys are what the
    /// owner agreed to: when they change, consent, codes and tokens end (SR-31).
    /// </summary>
    /// <returns><c>null</c> when the token has been replaced meanwhile.</returns>
    public async Task<RegisteredClient?> ReplaceAsync(string clientId, string accessToken, ClientMetadata metadata, string? addressPrefix)
    {
        var (registered, isAnother) = await store.WriteAsync<(RegisteredClient?, bool)>(async context =>
        {
            if (Matching(await FindAsync(context, clientId), accessToken) is not { } client)
                return (null, false);

            var changed = client.Apply(metadata);
            var needsSecret = AuthenticationMethod.IsSecret(metadata.AuthenticationMethod) && client.ClientSecret is null;
            if (client.ConsentedAt is not null || limits.TakeRow())
                activities.Add(context, ActivityKinds.ClientChanged, new ActivitySubject(clientId, AddressPrefix: addressPrefix, Detail: changed ? "redirects, method or keys" : "description"));
            return (Renew(client, needsSecret ? client.NewSecret() : null), changed);
        });

        // Codes and refresh tokens of the old digest are dead with the row; this ends access tokens, consent and open requests too.
        if (isAnother)
            await grants.RevokeClientAsync(clientId, ActivityKinds.ClientChanged, addressPrefix);

        return registered;
    }

    /// <summary>Removes a client and all that it was given.</summary>
    /// <returns>False when the token is not that of a client that there is.</returns>
    public async Task<bool> RemoveAsync(string clientId, string accessToken, string? addressPrefix)
    {
        var isRemoved = await store.WriteAsync(async context =>
        {
            if (Matching(await FindAsync(context, clientId), accessToken) is not { } client)
                return false;

            await ClientCapacity.ForgetAsync(context, [clientId]);
            if (client.ConsentedAt is not null || limits.TakeRow())
                activities.Add(context, ActivityKinds.ClientRemoved, new ActivitySubject(clientId, AddressPrefix: addressPrefix));
            return true;
        });
        if (isRemoved)
            await grants.RevokeClientAsync(clientId, ActivityKinds.ClientRemoved, addressPrefix);

        return isRemoved;
    }

    private static RegisteredClient Renew(ClientRecord client, string? secret)
    {
        var token = ClientIds.NewSecret();
        client.RegistrationTokenDigest = ClientIds.Digest(token);
        return new RegisteredClient(client, token, secret);
    }

    private static Task<ClientRecord?> FindAsync(AuthorityContext context, string clientId)
    {
        var digest = ClientIds.Digest(clientId);
        return context.Clients.SingleOrDefaultAsync(client => client.ClientIdDigest == digest && client.Kind == ClientKind.Dynamic);
    }

    private static ClientRecord? Matching(ClientRecord? client, string accessToken) => ClientIds.IsSecret(client?.RegistrationTokenDigest, accessToken) ? client : null;
}
