using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>What is done when a signing key was stolen.</summary>
internal sealed class KeyCompromise(SigningKeys keys, AuthorityStore store, GrantStore grants)
{
    /// <summary>
    /// Takes the key away at once, here and from the key set, has a new one sign, and revokes every grant whose last token the stolen
    /// key signed. To do it again does what was left undone.
    /// </summary>
    /// <param name="id">The key's <c>kid</c>.</param>
    /// <param name="addressPrefix">Where the wish came from; <c>null</c> for the machine itself.</param>
    /// <returns>How many grants were revoked; <c>null</c> when there is no such key.</returns>
    public async Task<int?> CompromiseAsync(string id, string? addressPrefix = null)
    {
        if (!await keys.WithdrawAsync(id, addressPrefix))
            return null;

        var signed = await store.ReadAsync(context => context.Grants.Where(grant => grant.LastKeyId == id && grant.RevokedAt == null).Select(static grant => grant.Id).ToListAsync());
        var revoked = 0;
        foreach (var grant in signed)
            revoked += await grants.RevokeAsync(grant, ActivityKinds.KeyCompromised, addressPrefix) ? 1 : 0;

        return revoked;
    }
}
