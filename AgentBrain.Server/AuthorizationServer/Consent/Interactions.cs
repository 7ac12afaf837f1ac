using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Consent;

/// <summary>Requests that wait for the owner. A form names one, and only the browser to which it was shown can answer it (SR-32).</summary>
/// <param name="store">The database.</param>
/// <param name="time">The clock.</param>
internal sealed class Interactions(AuthorityStore store, TimeProvider time)
{
    /// <summary>How long one waits.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Most that wait in one browser; a further one takes the oldest's place.</summary>
    public const int MaxOpen = 20;

    /// <summary>Keeps a request.</summary>
    /// <returns>The id for the form; only its digest is kept.</returns>
    public Task<string> OpenAsync(AskedFor asked, SignedInOwner owner, CancellationToken cancellationToken) => store.WriteAsync(async database =>
    {
        var now = time.GetUtcNow();
        await database.Interactions.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(CancellationToken.None);
        var surplus = await Open(database.Interactions, owner, now).OrderByDescending(static row => row.ExpiresAt).Skip(MaxOpen - 1).ToListAsync(CancellationToken.None);
        database.Interactions.RemoveRange(surplus);
        var id = SecretText.New();
        database.Interactions.Add(asked.ToRecord(SecretText.Digest(id)!, owner.Session.Id, now + Lifetime));
        return id;
    }, cancellationToken);

    /// <summary>The one that a form of this browser names, and that can still be answered.</summary>
    /// <param name="database">Where to look.</param>
    /// <param name="id">What the form says.</param>
    /// <param name="owner">The browser.</param>
    /// <returns>The request, or a code of <see cref="Reasons"/>.</returns>
    public async Task<(InteractionRecord? Found, string? Reason)> FindAsync(AuthorityContext database, string? id, SignedInOwner owner)
    {
        if (SecretText.Digest(id) is not { } digest || await database.Interactions.SingleOrDefaultAsync(row => row.IdDigest == digest) is not { } found)
            return (null, Reasons.InteractionUnknown);

        if (found.SessionId != owner.Session.Id)
            return (null, Reasons.InteractionUnknown);

        if (found.AnsweredAt is not null)
            return (null, Reasons.InteractionAnswered);

        return found.ExpiresAt <= time.GetUtcNow() ? (null, Reasons.InteractionExpired) : (found, null);
    }

    private static IQueryable<InteractionRecord> Open(IQueryable<InteractionRecord> rows, SignedInOwner owner, DateTimeOffset now) =>
        rows.Where(row => row.SessionId == owner.Session.Id && row.AnsweredAt == null && row.ExpiresAt > now);
}
