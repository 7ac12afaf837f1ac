using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>Makes grants and takes them back.</summary>
internal sealed class GrantStore(AuthorityStore store, GrantMirror mirror, StateFacts state, ActivityLog activities, AuthorizationServerSettings settings, TimeProvider time)
{
    private const int SecretBytes = 32;

    /// <summary>Adds a grant and its one code to a transaction that is under way.</summary>
    /// <returns>The code, 256 bits in base64url.</returns>
    public string Issue(AuthorityContext context, NewGrant grant)
    {
        if (grant.Scopes == ScopeSet.None)
            throw new ArgumentException("A grant of nothing is none.", nameof(grant));

        var now = time.GetUtcNow();
        var code = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(SecretBytes));
        var id = NewId();
        context.Grants.Add(new GrantRecord
        {
            Id = id,
            Subject = grant.Subject,
            ClientId = grant.ClientId,
            MetadataDigest = grant.MetadataDigest,
            Resource = grant.Resource,
            Scopes = grant.Scopes,
            IsRefreshable = grant.IsRefreshable,
            KeyThumbprint = grant.KeyThumbprint,
            CreatedAt = now,
            AuthenticatedAt = grant.AuthenticatedAt,
            ExpiresAt = now + settings.GrantLifetime,
            LastAddressPrefix = grant.AddressPrefix,
            Epoch = state.Epoch,
        });
        context.Codes.Add(new CodeRecord
        {
            CodeDigest = DigestOf(code),
            GrantId = id,
            RedirectUri = grant.RedirectUri,
            CodeChallenge = grant.CodeChallenge,
            KeyThumbprint = grant.KeyThumbprint,
            ExpiresAt = now + settings.CodeLifetime,
        });
        return code;
    }

    /// <summary>Revokes one grant: its tokens are refused and its streams end at once, and its client is asked about again.</summary>
    /// <param name="grantId">Which.</param>
    /// <param name="reason">A code of <see cref="Activities.ActivityKinds"/>.</param>
    /// <param name="addressPrefix">Where the wish came from; <c>null</c> for the machine itself.</param>
    /// <returns>False when there is none that lives.</returns>
    public async Task<bool> RevokeAsync(string grantId, string reason, string? addressPrefix)
    {
        var revoked = await store.WriteAsync(async context =>
        {
            var living = await Living(context).Where(grant => grant.Id == grantId).ToListAsync();
            await RevokeAsync(context, living, reason, addressPrefix);
            return IdsOf(living);
        });
        Publish(revoked);
        return revoked.Count > 0;
    }

    /// <summary>Revokes all grants of a client, its remembered consent and its open requests.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RevokeClientAsync(string clientId, string reason, string? addressPrefix)
    {
        var revoked = await store.WriteAsync(async context =>
        {
            var living = await Living(context).Where(grant => grant.ClientId == clientId).ToListAsync();
            await EndAsync(context, living, reason, addressPrefix);
            await context.Consents.Where(consent => consent.ClientId == clientId).ExecuteDeleteAsync();
            await context.Interactions.Where(interaction => interaction.ClientId == clientId).ExecuteDeleteAsync();
            await context.PushedRequests.Where(request => request.Application!.ClientId == clientId).ExecuteDeleteAsync();
            return IdsOf(living);
        });
        Publish(revoked);
        return revoked.Count;
    }

    /// <summary>Revokes all grants, all remembered consent and all open requests.</summary>
    /// <returns>How many grants.</returns>
    public async Task<int> RevokeAllAsync(string reason, string? addressPrefix)
    {
        var revoked = await store.WriteAsync(context => RevokeAllAsync(context, reason, addressPrefix));
        Publish(revoked);
        return revoked.Count;
    }

    /// <summary>The grant that a refresh token belongs to, for who asks about tokens or revokes one. Nothing is consumed, and nothing counts as a replay.</summary>
    /// <param name="token">The token as the client has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><c>null</c> when it is none of ours.</returns>
    public Task<PresentedGrant?> FindGrantByRefreshTokenAsync(string token, CancellationToken cancellationToken = default)
    {
        if (!RefreshSecret.TryRead(token, out var secret))
            return Task.FromResult<PresentedGrant?>(null);

        return store.ReadAsync(async context => await GrantQueries.FindRefreshToken(context, secret.Lookup) is { } found
            ? new PresentedGrant(found.Grant, found.Token.ExpiresAt, found.Token.RedeemedAt is null && time.GetUtcNow() < found.Token.ExpiresAt && found.IsAlive(time.GetUtcNow(), state.Epoch))
            : null, cancellationToken);
    }

    /// <summary>The form in which a code is kept.</summary>
    internal static string DigestOf(string code) => Base64UrlText.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    /// <summary>A random id that may be shown.</summary>
    internal static string NewId() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));

    /// <summary>Revokes all grants within a transaction, as <see cref="RevokeAllAsync(string, string)"/> does.</summary>
    /// <returns>Their ids, for <see cref="Publish"/> once the transaction is on the disk.</returns>
    internal async Task<IReadOnlyCollection<string>> RevokeAllAsync(AuthorityContext context, string reason, string? addressPrefix)
    {
        var living = await Living(context).ToListAsync();
        await EndAsync(context, living, reason, addressPrefix);
        await ForgetConsentAsync(context);
        return IdsOf(living);
    }

    /// <summary>Tells the side that judges access tokens, after the commit.</summary>
    internal void Publish(IReadOnlyCollection<string> grantIds) => mirror.Publish(grantIds, time.GetUtcNow());

    /// <summary>Forgets within a transaction whatever was agreed to before, and the requests that wait for an answer.</summary>
    internal static async Task ForgetConsentAsync(AuthorityContext context)
    {
        await context.Consents.ExecuteDeleteAsync();
        await context.Interactions.ExecuteDeleteAsync();
    }

    /// <summary>
    /// Revokes living grants within a transaction, with what could still come of them: their tokens, and the remembered consent and the
    /// open requests for which a next one would be made without, or in spite of, the owner's change of mind.
    /// </summary>
    internal async Task RevokeAsync(AuthorityContext context, IReadOnlyCollection<GrantRecord> grants, string reason, string? addressPrefix)
    {
        await EndAsync(context, grants, reason, addressPrefix);
        foreach (var (subject, client, resource) in grants.Select(static grant => (grant.Subject, grant.ClientId, grant.Resource)).Distinct())
        {
            await context.Consents.Where(consent => consent.Subject == subject && consent.ClientId == client && consent.Resource == resource).ExecuteDeleteAsync();
            await context.Interactions.Where(request => request.ClientId == client && request.Resource == resource && request.AnsweredAt == null).ExecuteDeleteAsync();
        }
    }

    private static IQueryable<GrantRecord> Living(AuthorityContext context) => context.Grants.AsNoTracking().Where(static grant => grant.RevokedAt == null);

    private static List<string> IdsOf(List<GrantRecord> grants) => [.. grants.Select(static grant => grant.Id)];

    private async Task EndAsync(AuthorityContext context, IReadOnlyCollection<GrantRecord> grants, string reason, string? addressPrefix)
    {
        var (ids, now) = (grants.Select(static grant => grant.Id).ToList(), time.GetUtcNow());
        foreach (var some in ids.Chunk(500))
        {
            await context.Grants.Where(grant => some.Contains(grant.Id)).ExecuteUpdateAsync(set => set
                .SetProperty(grant => grant.RevokedAt, now)
                .SetProperty(grant => grant.RevokedReason, reason));
            await context.RefreshTokens.Where(token => some.Contains(token.GrantId) && token.SealedSuccessor != null)
                .ExecuteUpdateAsync(static set => set.SetProperty(token => token.SealedSuccessor, (byte[]?)null));
        }

        foreach (var grant in grants)
            activities.Add(context, ActivityKinds.GrantRevoked, new ActivitySubject(grant.ClientId, grant.Id, grant.Subject, addressPrefix, reason));
    }
}

/// <summary>What a refresh token stands for.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="ExpiresAt">When the token ends if nobody uses it.</param>
/// <param name="IsActive">Would it be redeemed now: neither redeemed yet nor over, and does its grant live?</param>
internal sealed record PresentedGrant(GrantRecord Grant, DateTimeOffset ExpiresAt, bool IsActive);
