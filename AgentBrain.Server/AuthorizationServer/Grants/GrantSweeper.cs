using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Grants;

/// <summary>
/// Erases sealed successors when their leeway is over, and removes what nothing can come of any more. Redeemed tokens stay until their
/// grant's end: as long as it lives, a replay must be known as one.
/// </summary>
internal sealed partial class GrantSweeper(AuthorityStore store, TimeProvider time, ILogger<GrantSweeper> logger) : BackgroundService
{
    /// <summary>Time between two sweeps. With the leeway, it bounds the life of a sealed successor.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How long a grant whose code nobody redeemed, and a request that nobody answered, is kept past its end: long enough for a clock, and for who looks what went wrong.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>How long a pushed request is kept past its end: as long as a page that came of it may be open.</summary>
    public static readonly TimeSpan PushedKept = TimeSpan.FromMinutes(15);

    /// <summary>How long what happened is kept.</summary>
    public static readonly TimeSpan ActivitiesKept = TimeSpan.FromDays(90);

    /// <summary>Most rows of what happened; the oldest go.</summary>
    public const int MaxActivities = 50_000;

    private const int PruneEvery = 10;
    private int _sweeps;

    /// <summary>Sweeps once. Also before a backup is taken: then no copy has a sealed successor whose leeway is over.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await EraseAsync(cancellationToken);
        if (Interlocked.Increment(ref _sweeps) % PruneEvery == 1)
            await PruneAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotSwept(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EraseAsync(CancellationToken cancellationToken)
    {
        // Read first: a sweep that finds nothing, which is nearly every one, writes nothing.
        var now = time.GetUtcNow();
        if (!await store.ReadAsync(context => Over(context, now).AnyAsync(cancellationToken), cancellationToken))
            return;

        await store.WriteAsync(
            context => Over(context, now).ExecuteUpdateAsync(static set => set.SetProperty(token => token.SealedSuccessor, (byte[]?)null), cancellationToken),
            cancellationToken);
    }

    /// <summary>Removes what is over.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = now - Kept;
        await store.WriteAsync(
            async context =>
            {
                var (pushedBefore, happenedBefore) = ((now - PushedKept).UtcDateTime, now - ActivitiesKept);
                await context.PushedRequests.Where(request => request.ExpirationDate < pushedBefore).ExecuteDeleteAsync(cancellationToken);
                var newest = await context.Activities.MaxAsync(static activity => (long?)activity.Id, cancellationToken) ?? 0;
                await context.Activities.Where(activity => activity.Time < happenedBefore || activity.Id <= newest - MaxActivities).ExecuteDeleteAsync(cancellationToken);
                await context.Interactions.Where(interaction => interaction.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken);
                var dead = await context.Grants
                    .Where(grant => grant.ExpiresAt < before
                        || (grant.LastUsedAt == null && grant.CreatedAt < before && !context.Codes.Any(code => code.GrantId == grant.Id && code.ExpiresAt >= before)))
                    .Select(static grant => grant.Id)
                    .ToListAsync(cancellationToken);
                foreach (var some in dead.Chunk(500))
                {
                    await context.RefreshTokens.Where(token => some.Contains(token.GrantId)).ExecuteDeleteAsync(cancellationToken);
                    await context.Codes.Where(code => some.Contains(code.GrantId)).ExecuteDeleteAsync(cancellationToken);
                    await context.Grants.Where(grant => some.Contains(grant.Id)).ExecuteDeleteAsync(cancellationToken);
                }
            },
            cancellationToken);
    }

    private static IQueryable<RefreshTokenRecord> Over(AuthorityContext context, DateTimeOffset now) =>
        context.RefreshTokens.Where(token => token.SealedSuccessor != null && token.RepeatableUntil <= now);

    [LoggerMessage(Level = LogLevel.Error, Message = "Grants could not be swept; it is tried again soon.")]
    private partial void LogNotSwept(Exception exception);
}
