using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// Links with which the machine's user becomes the owner, or sets a new password (SR-23). The secret is in the fragment, which
/// browsers send to nobody; only the newest link counts, for a quarter of an hour, and once. Wrong guesses count against whoever
/// makes them, and not against the link: a stranger must not be able to keep its owner out.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="settings">The issuer, where the page is.</param>
/// <param name="guesses">Who guessed wrong.</param>
/// <param name="activities">What happened.</param>
/// <param name="time">The clock.</param>
internal sealed class SetupLinks(AuthorityStore store, AuthorizationServerSettings settings, SetupGuesses guesses, ActivityLog activities, TimeProvider time)
{
    /// <summary>How long a link lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Makes a link; every earlier one is dead.</summary>
    /// <param name="isReset">For the owner that there is, instead of a first one.</param>
    /// <returns>The link, with its secret.</returns>
    public Task<string> IssueAsync(bool isReset) => store.WriteAsync(database => IssueAsync(database, isReset));

    /// <summary>The same in a transaction that is under way.</summary>
    public async Task<string> IssueAsync(AuthorityContext database, bool isReset)
    {
        await database.SetupLinks.ExecuteDeleteAsync();
        var (secret, now) = (SecretText.New(), time.GetUtcNow());
        database.SetupLinks.Add(new SetupLink { SecretDigest = SecretText.Digest(secret)!, CreatedAt = now, ExpiresAt = now + Lifetime, IsReset = isReset });
        activities.Add(database, ActivityKinds.SetupLinkIssued, new ActivitySubject(Detail: isReset ? "for a new password" : null));
        return $"{settings.Issuer}{EndpointPaths.Setup}#{secret}";
    }

    /// <summary>Is there a link that could be used?</summary>
    public Task<bool> IsOpenAsync() => store.ReadAsync(async database => await FindAsync(database) is not null);

    /// <summary>Judges a secret, and counts a wrong one against where it came from.</summary>
    /// <param name="secret">What was shown.</param>
    /// <param name="addressPrefix">Where it came from.</param>
    /// <returns>True when it is the link's, and not too many wrong ones came from there before.</returns>
    public async Task<bool> JudgeAsync(string? secret, string addressPrefix)
    {
        if (await store.ReadAsync(FindAsync) is not { } link || !guesses.MayTry(link.SecretDigest, addressPrefix))
            return false;

        if (IsOf(link, secret))
            return true;

        if (guesses.Count(link.SecretDigest, addressPrefix))
            await store.WriteAsync(database => Task.FromResult(Note(database, addressPrefix)));

        return false;
    }

    /// <summary>Uses the link up, in a transaction that is under way.</summary>
    /// <returns>The link; <c>null</c> when the secret is not, or no more, a living link's.</returns>
    public async Task<SetupLink?> UseAsync(AuthorityContext database, string? secret)
    {
        if (await FindAsync(database) is not { } link || !IsOf(link, secret))
            return null;

        link.UsedAt = time.GetUtcNow();
        return link;
    }

    /// <summary>The one living link. One that makes an owner is dead once there is one, however it came to be.</summary>
    private async Task<SetupLink?> FindAsync(AuthorityContext database)
    {
        var now = time.GetUtcNow();
        var hasOwner = await database.Users.AnyAsync();
        return await database.SetupLinks.OrderByDescending(link => link.CreatedAt).FirstOrDefaultAsync() is { UsedAt: null } newest
            && newest.ExpiresAt > now && newest.IsReset == hasOwner
                ? newest
                : null;
    }

    private bool Note(AuthorityContext database, string addressPrefix)
    {
        activities.Add(database, ActivityKinds.SetupLinkFailed, new ActivitySubject(AddressPrefix: addressPrefix));
        return true;
    }

    private static bool IsOf(SetupLink link, string? secret) => SecretText.Digest(secret) is { } digest && SecretText.Same(digest, link.SecretDigest);
}
