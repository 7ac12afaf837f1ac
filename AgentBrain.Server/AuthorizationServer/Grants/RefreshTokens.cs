using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>Makes refresh tokens within a transaction.</summary>
internal sealed class RefreshTokens(SigningKeys keys, AuthorizationServerSettings settings)
{
    /// <summary>Adds a refresh token of a grant.</summary>
    /// <param name="context">The transaction's context.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="predecessorId">The token whose place it takes.</param>
    /// <param name="presenter">Who gets it: it is bound to their key.</param>
    /// <param name="now">The time.</param>
    public (RefreshSecret Secret, RefreshTokenRecord Record) Add(AuthorityContext context, GrantRecord grant, string? predecessorId, Presenter presenter, DateTimeOffset now)
    {
        var secret = RefreshSecret.Create();
        var idleEnd = now + settings.RefreshTokenLifetime;
        var record = new RefreshTokenRecord
        {
            Id = GrantStore.NewId(),
            Lookup = secret.Lookup,
            GrantId = grant.Id,
            KeyThumbprint = presenter.KeyThumbprint,
            PredecessorId = predecessorId,
            CreatedAt = now,
            ExpiresAt = idleEnd < grant.ExpiresAt ? idleEnd : grant.ExpiresAt,
        };
        context.RefreshTokens.Add(record);
        return (secret, record);
    }

    /// <summary>Notes that a grant gave out a token, from where, and to which key: a grant that was bound once stays so.</summary>
    public Task NoteUseAsync(AuthorityContext context, GrantRecord grant, Presenter presenter, DateTimeOffset now)
    {
        var (id, key, prefix, signer) = (grant.Id, presenter.KeyThumbprint ?? grant.KeyThumbprint, presenter.AddressPrefix, keys.Current.KeyId);
        return context.Grants.Where(record => record.Id == id).ExecuteUpdateAsync(set => set
            .SetProperty(record => record.LastUsedAt, now)
            .SetProperty(record => record.LastAddressPrefix, prefix)
            .SetProperty(record => record.KeyThumbprint, key)
            .SetProperty(record => record.LastKeyId, signer));
    }
}
