using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>Seals what was kept in the clear while there was no key-encryption key.</summary>
internal sealed class AtRest(AuthorityStore store, ISealer sealer)
{
    /// <summary>Seals it, where something seals.</summary>
    public async Task SealAsync()
    {
        if (!sealer.IsSealing || await store.WriteAsync(SealAsync) == 0)
            return;

        // The log of SQLite keeps what the pages were before, until it is written back and cut off.
        await store.ReadAsync(static context => context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)"));
    }

    private async Task<int> SealAsync(AuthorityContext context)
    {
        var secrets = await context.Secrets.Where(static secret => !secret.IsSealed).ToListAsync();
        foreach (var secret in secrets)
            (secret.Value, secret.IsSealed) = (sealer.Seal(ServerSecrets.Purpose(secret.Name), secret.Value), true);

        var keys = await context.SigningKeys.Where(static key => !key.IsSealed && key.CompromisedAt == null).ToListAsync();
        foreach (var key in keys)
            (key.PrivateKey, key.IsSealed) = (sealer.Seal(SigningKeyLife.Purpose(key.Id), key.PrivateKey), true);

        return secrets.Count + keys.Count;
    }
}
