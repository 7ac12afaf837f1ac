using System.Collections.Concurrent;
using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>
/// Reads and writes the database. Writers wait for each other here, in order and without blocking threads; SQLite itself would have
/// them try again every 150 ms. Each write is carried out whole or not at all, and is on the disk when it returns. Those that waited
/// meanwhile share one transaction: what a write costs is the disk's answer to a commit.
/// </summary>
/// <param name="contexts">Makes contexts.</param>
internal sealed class AuthorityStore(IDbContextFactory<AuthorityContext> contexts) : IDisposable
{
    /// <summary>Most writes of one transaction.</summary>
    public const int MostTogether = 64;

    private const string Savepoint = "write";
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly ConcurrentQueue<PendingWrite> _waiting = new();

    /// <summary>Reads.</summary>
    public async Task<T> ReadAsync<T>(Func<AuthorityContext, Task<T>> read, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(context);
    }

    /// <summary>Writes in one transaction, which has the database to itself from its beginning on. Changes to tracked entities are saved.</summary>
    public async Task<T> WriteAsync<T>(Func<AuthorityContext, Task<T>> write, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(write, cancellationToken);
        _waiting.Enqueue(pending);
        await _writer.WaitAsync(CancellationToken.None);
        try
        {
            // Whoever had the turn before may have carried it out; then others wait for theirs.
            if (!pending.Done.IsCompleted)
                await WriteWaitingAsync();
        }
        finally
        {
            _writer.Release();
        }

        return await pending.Done;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<AuthorityContext, Task> write, CancellationToken cancellationToken = default) => WriteAsync(async context =>
    {
        await write(context);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Carries out what waits. Its turn comes in its order, so nobody's is left out for long.</summary>
    private async Task WriteWaitingAsync()
    {
        var taken = new List<PendingWrite>();
        while (taken.Count < MostTogether && _waiting.TryDequeue(out var pending))
            taken.Add(pending);

        try
        {
            var done = await CommitAsync(taken);
            done.ForEach(static write => write.Complete());
        }
        catch (Exception exception)
        {
            // Nothing is on the disk. Those that failed by themselves have been told.
            taken.ForEach(write => write.Fail(exception));
        }
    }

    private async Task<List<PendingWrite>> CommitAsync(List<PendingWrite> taken)
    {
        await using var context = await contexts.CreateDbContextAsync();
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.TrackAll;
        context.Database.AutoSavepointsEnabled = false;

        // Serializable is BEGIN IMMEDIATE here: what was read is still so when it is written.
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable);
        var done = new List<PendingWrite>(taken.Count);
        foreach (var write in taken)
        {
            if (await TryAsync(write, context, transaction))
                done.Add(write);
        }

        if (done.Count > 0)
            await transaction.CommitAsync();

        return done;
    }

    /// <summary>Carries out one write; one that fails takes back what it did, and nothing of the others.</summary>
    private static async Task<bool> TryAsync(PendingWrite write, AuthorityContext context, IDbContextTransaction transaction)
    {
        await transaction.CreateSavepointAsync(Savepoint);
        try
        {
            await write.RunAsync(context);

            // From here on a caller that went away changes nothing any more.
            await context.SaveChangesAsync(CancellationToken.None);
            await transaction.ReleaseSavepointAsync(Savepoint);
            return true;
        }
        catch (Exception exception)
        {
            await transaction.RollbackToSavepointAsync(Savepoint);
            write.Fail(exception);
            return false;
        }
        finally
        {
            context.ChangeTracker.Clear();
        }
    }
}
