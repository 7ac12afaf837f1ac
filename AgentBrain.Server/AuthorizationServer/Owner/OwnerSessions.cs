using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>Browsers that are signed in.</summary>
/// <param name="store">The database.</param>
/// <param name="cookies">Their cookies.</param>
/// <param name="activities">What happened.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerSessions(AuthorityStore store, OwnerCookies cookies, ActivityLog activities, TimeProvider time)
{
    /// <summary>How long a session lasts, however much it is used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    /// <summary>How long a session lasts that nobody uses.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    private const int MaxUserAgent = 200;
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    /// <summary>Who is signed in with this request's cookie; <c>null</c> for nobody. Idle and absolute ends are judged, and use is noted.</summary>
    public async Task<SignedInOwner?> FindAsync(HttpContext context)
    {
        if (context.Features.Get<Found>() is { } found)
            return found.Owner;

        var owner = await LookUpAsync(context);
        context.Features.Set(new Found(owner));
        return owner;
    }

    /// <summary>
    /// Adds a session to a transaction that is under way, with a secret of its own: whatever cookie the browser came with is worth
    /// nothing (no fixation), and a session that it had before is ended.
    /// </summary>
    /// <param name="database">The transaction's context.</param>
    /// <param name="context">The request.</param>
    /// <param name="ownerId">Who signed in.</param>
    /// <param name="method"><c>password</c> or <c>passkey</c>.</param>
    /// <returns>The session, for <see cref="Show"/> once the transaction is on the disk.</returns>
    public async Task<NewSession> OpenAsync(AuthorityContext database, HttpContext context, string ownerId, string method)
    {
        var now = time.GetUtcNow();
        if (SecretText.Digest(OwnerCookies.Read(context, cookies.Session)) is { } earlier)
            await Open(database.Sessions, now).Where(session => session.SecretDigest == earlier).ExecuteUpdateAsync(update => update.SetProperty(session => session.EndedAt, now));

        await PruneAsync(database, now);
        var opened = new NewSession(SecretText.New()[..22], SecretText.New());
        var prefix = AddressPrefix.Of(context.Connection.RemoteIpAddress);
        database.Sessions.Add(new OwnerSession
        {
            Id = opened.Id,
            SecretDigest = SecretText.Digest(opened.Secret)!,
            OwnerId = ownerId,
            CreatedAt = now,
            AuthenticatedAt = now,
            LastUsedAt = now,
            AddressPrefix = prefix,
            UserAgent = context.Request.Headers.UserAgent is [{ Length: > 0 } agent] ? LogText.Safe(agent, MaxUserAgent) : null,
            Method = method,
        });
        activities.Add(database, ActivityKinds.SignedIn, new ActivitySubject(Subject: ownerId, AddressPrefix: prefix, Detail: method));
        return opened;
    }

    /// <summary>Is a browser still signed in? Asked within each transaction that acts for it: the session may have ended since the request began.</summary>
    public Task<bool> IsOpenAsync(AuthorityContext database, SignedInOwner owner) =>
        Open(database.Sessions, time.GetUtcNow()).AnyAsync(session => session.Id == owner.Session.Id && session.OwnerId == owner.OwnerId);

    /// <summary>
    /// Notes in a transaction that the owner proved again who they are. The session keeps its id, since what waits for an answer
    /// refers to it, and its absolute end; its secret is a new one.
    /// </summary>
    /// <returns>The session, for <see cref="Show"/>; <c>null</c> when it has ended meanwhile.</returns>
    public async Task<NewSession?> RenewAsync(AuthorityContext database, HttpContext context, SignedInOwner owner, string method)
    {
        var now = time.GetUtcNow();
        if (await Open(database.Sessions, now).SingleOrDefaultAsync(session => session.Id == owner.Session.Id) is not { } row)
            return null;

        var renewed = new NewSession(row.Id, SecretText.New());
        row.SecretDigest = SecretText.Digest(renewed.Secret)!;
        row.AuthenticatedAt = now;
        row.LastUsedAt = now;
        row.Method = method;
        activities.Add(database, ActivityKinds.SignedIn, new ActivitySubject(Subject: owner.OwnerId, AddressPrefix: AddressPrefix.Of(context.Connection.RemoteIpAddress), Detail: $"again, {method}"));
        return renewed;
    }

    /// <summary>Gives the browser its session.</summary>
    public void Show(HttpContext context, NewSession session)
    {
        // No Max-Age: closing the browser ends it for the browser; the server knows the hours.
        cookies.Write(context, cookies.Session, session.Secret, maxAge: null, SameSiteMode.Lax);
        context.Features.Set<Found>(null);
    }

    /// <summary>Ends one session by its id.</summary>
    /// <returns>False when there is none that lives.</returns>
    public Task<bool> EndAsync(string sessionId, string? addressPrefix) => store.WriteAsync(async database =>
    {
        var ended = await EndAsync(database, session => session.Where(row => row.Id == sessionId));
        if (ended > 0)
            activities.Add(database, ActivityKinds.SignedOut, new ActivitySubject(AddressPrefix: addressPrefix));
        return ended > 0;
    });

    /// <summary>Ends all sessions, in a transaction that is under way.</summary>
    /// <param name="database">The transaction's context.</param>
    /// <param name="addressPrefix">Where the wish came from; <c>null</c> for the machine itself.</param>
    /// <param name="exceptId">One that stays.</param>
    /// <returns>How many.</returns>
    public async Task<int> EndAllAsync(AuthorityContext database, string? addressPrefix, string? exceptId = null)
    {
        var ended = await EndAsync(database, sessions => sessions.Where(session => session.Id != exceptId));
        if (ended > 0)
            activities.Add(database, ActivityKinds.SignedOut, new ActivitySubject(AddressPrefix: addressPrefix, Detail: $"{ended} sessions"));
        return ended;
    }

    /// <summary>The sessions that live, the last used first.</summary>
    public Task<List<OwnerSession>> ListAsync() =>
        store.ReadAsync(database => Open(database.Sessions, time.GetUtcNow()).OrderByDescending(session => session.LastUsedAt).ToListAsync());

    /// <summary>Takes the browser's cookie away.</summary>
    public void Hide(HttpContext context)
    {
        cookies.Remove(context, cookies.Session);
        context.Features.Set<Found>(null);
    }

    /// <summary>Deletes sessions that were over a day ago.</summary>
    private static Task<int> PruneAsync(AuthorityContext database, DateTimeOffset now)
    {
        var before = now - Lifetime - TimeSpan.FromDays(1);
        return database.Sessions.Where(session => session.CreatedAt < before).ExecuteDeleteAsync();
    }

    private async Task<SignedInOwner?> LookUpAsync(HttpContext context)
    {
        if (SecretText.Digest(OwnerCookies.Read(context, cookies.Session)) is not { } digest)
            return null;

        var now = time.GetUtcNow();
        var session = await store.ReadAsync(database => Open(database.Sessions, now).SingleOrDefaultAsync(row => row.SecretDigest == digest), context.RequestAborted);
        if (session is null)
            return null;

        if (now - session.LastUsedAt >= Grain)
        {
            session.LastUsedAt = now;
            await store.WriteAsync(database => database.Sessions.Where(row => row.Id == session.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.LastUsedAt, now)), context.RequestAborted);
        }

        return new SignedInOwner(session.OwnerId, session);
    }

    private Task<int> EndAsync(AuthorityContext database, Func<IQueryable<OwnerSession>, IQueryable<OwnerSession>> which)
    {
        var now = time.GetUtcNow();
        return which(Open(database.Sessions, now)).ExecuteUpdateAsync(update => update.SetProperty(session => session.EndedAt, now));
    }

    private static IQueryable<OwnerSession> Open(IQueryable<OwnerSession> sessions, DateTimeOffset now)
    {
        var (created, used) = (now - Lifetime, now - Idle);
        return sessions.Where(session => session.EndedAt == null && session.CreatedAt > created && session.LastUsedAt > used);
    }

    private sealed record Found(SignedInOwner? Owner);
}

/// <summary>A session that was just opened or renewed.</summary>
/// <param name="Id">Its id, which may be shown.</param>
/// <param name="Secret">Its secret, for the browser's cookie and nothing else.</param>
internal sealed record NewSession(string Id, string Secret);

/// <summary>The owner, in one browser.</summary>
/// <param name="OwnerId">The owner's id, the subject of tokens.</param>
/// <param name="Session">The browser's session.</param>
internal sealed record SignedInOwner(string OwnerId, OwnerSession Session)
{
    /// <summary>How long a proof of who one is counts for what is sensitive.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    /// <summary>Did the owner prove who they are within the last five minutes?</summary>
    public bool IsFresh(TimeProvider time) => time.GetUtcNow() - Session.AuthenticatedAt < Freshness;
}
