using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>Ends what was given out, all of it, within a transaction that is under way. For states that no server serves: nothing in memory follows.</summary>
internal static class StateReset
{
    /// <summary>Ends every grant with its codes and refresh tokens, open requests, remembered consent, sessions and setup links.</summary>
    /// <param name="context">The transaction's context.</param>
    /// <param name="reason">Why: a code of <see cref="ActivityKinds"/>.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many grants lived.</returns>
    public static async Task<int> EndAllAsync(AuthorityContext context, string reason, DateTimeOffset now)
    {
        var ended = await context.Grants.Where(grant => grant.RevokedAt == null).ExecuteUpdateAsync(grant => grant
            .SetProperty(row => row.RevokedAt, now)
            .SetProperty(row => row.RevokedReason, reason));
        await DeleteSecretsAsync(context);
        await context.Consents.ExecuteDeleteAsync();
        return ended;
    }

    /// <summary>Deletes what proves something to the server, or would let it be guessed: tokens, codes, open requests, setup links, sessions.</summary>
    public static async Task DeleteSecretsAsync(AuthorityContext context)
    {
        await context.RefreshTokens.ExecuteDeleteAsync();
        await context.Codes.ExecuteDeleteAsync();
        await context.PushedRequests.ExecuteDeleteAsync();
        await context.Interactions.ExecuteDeleteAsync();
        await context.SetupLinks.ExecuteDeleteAsync();
        await context.Sessions.ExecuteDeleteAsync();
    }

    /// <summary>Removes the clients that registered themselves: they look for their registration under the issuer, and so find it no more.</summary>
    public static Task<int> RemoveDynamicClientsAsync(AuthorityContext context) => context.Clients.Where(client => client.Kind == ClientKind.Dynamic).ExecuteDeleteAsync();

    /// <summary>
    /// Takes from the clients what they could act with and the owner may have taken back since: registration tokens, and what
    /// clients that act by themselves prove who they are with.
    /// </summary>
    /// <returns>The ids of the clients that need new credentials.</returns>
    public static async Task<List<string>> EndCredentialsAsync(AuthorityContext context)
    {
        await context.Clients.Where(client => client.RegistrationTokenDigest != null)
            .ExecuteUpdateAsync(client => client.SetProperty(row => row.RegistrationTokenDigest, (string?)null));
        await context.Clients.Where(client => client.SecondSecret != null).ExecuteUpdateAsync(client => client.SetProperty(row => row.SecondSecret, (string?)null));
        var own = context.Clients.Where(client => client.OwnBrains != "");
        var ids = await own.OrderBy(client => client.ClientId).Select(client => client.ClientId!).ToListAsync();
        await own.ExecuteUpdateAsync(client => client.SetProperty(row => row.ClientSecret, (string?)null).SetProperty(row => row.JsonWebKeySet, (string?)null));
        return ids;
    }

    /// <summary>Takes away all keys: signing keys, so that no token of before is believed, and the server's own secrets. New ones are made at the next start.</summary>
    public static async Task EndKeysAsync(AuthorityContext context)
    {
        await context.SigningKeys.ExecuteDeleteAsync();
        await context.Secrets.ExecuteDeleteAsync();
    }

    /// <summary>Notes a fact.</summary>
    public static async Task SetAsync(AuthorityContext context, string name, string value)
    {
        if (await context.State.FindAsync(name) is { } fact)
            fact.Value = value;
        else
            context.State.Add(new StateRecord { Name = name, Value = value });
    }
}
